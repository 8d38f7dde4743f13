import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ensemble } from './ensemble.ts';
import type { Prometheus } from './prometheus.ts';
import { settled } from './scenario.ts';

export interface AlertScenario {
  readonly fault: () => Promise<unknown>;
  /** The alerts that must fire: the name, and the pod where it is about one. */
  readonly fires: readonly string[];
  /** Those that may fire too; any other is one too many. */
  readonly mayFire?: readonly string[];
  /** Done while they fire. */
  readonly during?: () => Promise<void>;
  readonly repair: () => Promise<unknown>;
}

const FIRES_MS = 60_000;
const RESOLVES_MS = 60_000;
const POLL_MS = 500;
const FIRING = 'ALERTS{alertstate="firing"}';

/**
 * In an ensemble without alerts: breaks it, waits until all of the expected alerts have fired, repairs it,
 * waits until none fires, and asserts that no unexpected one has.
 */
export async function playAlerts(
  ensemble: Ensemble,
  prometheus: Prometheus,
  { fault, fires, mayFire = [], during, repair }: AlertScenario,
): Promise<void> {
  const began = Date.now();
  /** All that has fired since: some alerts end before others begin. */
  const fired = async (): Promise<string[]> => {
    const seconds = Math.ceil((Date.now() - began) / 1000);
    return alertsOf(prometheus, `count_over_time(${FIRING}[${seconds}s])`);
  };
  await fault();
  const deadline = Date.now() + FIRES_MS;
  let missing = fires;
  while (missing.length > 0 && Date.now() < deadline) {
    await sleep(POLL_MS);
    const names = await fired();
    missing = fires.filter((name) => !names.includes(name));
  }
  try {
    assert.deepEqual(missing, [], 'these alerts do not fire');
    await during?.();
  } finally {
    await repair();
    await settled(ensemble);
  }
  await prometheus.until(FIRING, RESOLVES_MS, (answer) => answer.length === 0);
  const expected = [...fires, ...mayFire];
  assert.deepEqual(
    (await fired()).filter((name) => !expected.includes(name)),
    [],
    'these alerts are too many',
  );
}

/** The alerts in an answer, each by its name and the pod it is about. */
export async function alertsOf(prometheus: Prometheus, expression = FIRING): Promise<string[]> {
  const answer = await prometheus.query(expression);
  const names = answer.map(({ labels }) =>
    [labels['alertname'], labels['pod']].filter(Boolean).join(' '),
  );
  return [...new Set(names)];
}
