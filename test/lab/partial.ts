import type { Finding } from '../../src/model/report.ts';
import type { Cut, Fabric, Pod } from './fabric.ts';
import type { Watch } from './watch.ts';

/** Two members by their numbers; what the first sends the second is dropped, and the other way round where `both`. */
export interface Severed {
  readonly pairs: readonly (readonly [number, number])[];
  readonly both: boolean;
}

/** Each pair of different members. */
export function pairsOf(members: readonly number[]): (readonly [number, number])[] {
  return members.flatMap((a, at) => members.slice(at + 1).map((b) => [a, b] as const));
}

/** Each member of one group with each of the other. */
export function across(
  some: readonly number[],
  others: readonly number[],
): (readonly [number, number])[] {
  return some.flatMap((a) => others.map((b) => [a, b] as const));
}

export function sever(fabric: Fabric, { pairs, both }: Severed): Promise<Cut> {
  const pod = (index: number): Pod => {
    const found = fabric.pods[index];
    if (found === undefined) throw new Error(`no pod ${index}`);
    return found;
  };
  return fabric.sever(
    pairs.flatMap(([a, b]) => [
      [pod(a), pod(b)] as const,
      ...(both ? [[pod(b), pod(a)] as const] : []),
    ]),
  );
}

/** The first time that one member raised the finding with this severity, certainty and summary. */
export interface Raised {
  readonly pod: number;
  readonly seconds: number;
  readonly severity: Finding['severity'];
  readonly certainty: Finding['certainty'];
  readonly summary: string;
  readonly evidence: readonly string[];
}

/** Keeps from now on who raises `partial-partition`, and as what. */
export function followPartition(watch: Watch): {
  readonly raised: readonly Raised[];
  stop(): void;
} {
  const from = Date.now();
  const raised: Raised[] = [];
  const stop = watch.subscribe((sample) => {
    if (sample.kind !== 'report') return;
    const { pod } = sample;
    const finding = sample.report.findings.find(({ code }) => code === 'partial-partition');
    if (finding === undefined) return;
    const { severity, certainty, summary, evidence } = finding;
    const isKnown = raised.some(
      (one) =>
        one.pod === pod &&
        one.severity === severity &&
        one.certainty === certainty &&
        one.summary === summary,
    );
    if (isKnown) return;
    raised.push({
      pod,
      seconds: (sample.at - from) / 1000,
      severity,
      certainty,
      summary,
      evidence,
    });
  });
  return { raised, stop };
}

/** What was raised, for the log of a run. */
export function raisedText(raised: readonly Raised[]): string {
  const lines = raised.map(
    ({ pod, seconds, severity, certainty, summary }) =>
      `  zk-${pod} after ${seconds.toFixed(1)} s: ${severity}, ${certainty}: ${summary}`,
  );
  return lines.length === 0 ? '  nothing raised' : lines.join('\n');
}
