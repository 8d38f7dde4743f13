import { appendFileSync } from 'node:fs';
import { test } from 'node:test';

/** A line of the table at the end: a case, how long it took, and what it showed. */
export interface CaseResult {
  readonly title: string;
  readonly seconds: number;
  readonly showed: string;
}

/** `quick`: also of the choice that CI runs. */
type Kind = 'quick' | 'whole';

const QUICK_ONLY = process.env['QUORUM_CLUSTER_QUICK'] === '1';

/** Declares a case. What its function gives, a short text of what it measured, goes into the table. */
export function clusterCase(kind: Kind, title: string, play: () => Promise<string>): void {
  if (QUICK_ONLY && kind !== 'quick') return;
  test(title, async () => {
    const started = performance.now();
    const showed = await play();
    const seconds = (performance.now() - started) / 1000;
    console.log(`${seconds.toFixed(1)} s: ${title}: ${showed}`);
    const file = process.env['QUORUM_CLUSTER_RESULTS'];
    const result: CaseResult = { title, seconds, showed };
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
  });
}

/** Seconds as the table shows them. */
export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
