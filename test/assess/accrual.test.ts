import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type Heard,
  hear,
  isSilent,
  patienceWith,
  silentForMs,
} from '../../src/assess/quorum/hearing.ts';
import { phiDetector, SUSPECTS } from './phi-accrual.ts';

interface Phase {
  readonly phase: string;
  /** When it was read, and when data had last come. */
  readonly readings: readonly (readonly [number, number])[];
}

/** A real follower of ZooKeeper 3.8 with a tick of 2 s, by `test/lab/record-heartbeats.ts`. */
const RECORDED: readonly Phase[] = JSON.parse(
  readFileSync(new URL('../fixtures/heartbeats/zookeeper.json', import.meta.url), 'utf8'),
);
const PAUSE = 'leader stands still';
const TICK_MS = 250;

type Detector = (nowMs: number, heardAtMs: number) => boolean;

function ours(): Detector {
  const heartbeat = { from: 'every-peer', everyMs: 1_000, bearsMs: 10_000 } as const;
  let heard: Heard | null = null;
  let awakeSinceMs: number | null = null;
  return (nowMs, heardAtMs) => {
    awakeSinceMs ??= nowMs - 60_000;
    const age = { ageMs: nowMs - heardAtMs, nowMs, awakeSinceMs };
    heard = hear(heard, age, heartbeat);
    return isSilent(heard, silentForMs(age), patienceWith(heard, heartbeat));
  };
}

function accrual(): Detector {
  const detector = phiDetector();
  return (nowMs, heardAtMs) => detector.read(nowMs, heardAtMs) >= SUSPECTS;
}

/** Readings at which a healthy leader was suspected, by phase. */
function falseAlarms(detect: Detector): ReadonlyMap<string, number> {
  const alarms = new Map<string, number>();
  for (const { phase, readings } of RECORDED) {
    const suspected = readings.filter(([nowMs, heardAtMs]) => detect(nowMs, heardAtMs)).length;
    // What a pause leaves behind at the first reading after it is no fault of the detector's.
    if (phase !== PAUSE) alarms.set(phase, suspected);
  }
  return alarms;
}

/** How long after the last data a cut at the end of a phase is found. */
function foundAfterMs(detect: Detector, last: string): number {
  let end: readonly [number, number] = [0, 0];
  for (const { phase, readings } of RECORDED) {
    for (const reading of readings) {
      detect(...reading);
      end = reading;
    }
    if (phase === last) break;
  }
  const [fromMs, heardAtMs] = end;
  for (let nowMs = fromMs + TICK_MS; nowMs < fromMs + 60_000; nowMs += TICK_MS) {
    if (detect(nowMs, heardAtMs)) return nowMs - heardAtMs;
  }
  return Number.POSITIVE_INFINITY;
}

test('the recording has what it is judged by: beats at rest, data under load, and a pause', () => {
  assert.deepEqual(
    RECORDED.map(({ phase }) => phase),
    ['rest', 'load', 'rest after load', PAUSE, 'rest after the pause'],
  );
  for (const { readings } of RECORDED) assert.ok(readings.length >= 5, `${readings.length}`);
});

test('the heartbeat as a floor suspects a healthy leader never, at rest, under load or when the load stops', () => {
  const alarms = falseAlarms(ours());
  assert.deepEqual(
    [...alarms.values()],
    [...alarms.values()].map(() => 0),
  );
});

test('φ-accrual takes the first ordinary pings after a load for a death', () => {
  const alarms = falseAlarms(accrual());
  assert.ok((alarms.get('rest after load') ?? 0) > 0, JSON.stringify([...alarms]));
});

test('a cut is found after about two and a half heartbeats in every phase; by φ-accrual sooner only at rest', () => {
  for (const phase of ['rest', 'load', 'rest after load', 'rest after the pause']) {
    const ms = foundAfterMs(ours(), phase);
    assert.ok(ms >= 2_500 && ms <= 3_250, `${phase}: ${ms} ms`);
  }
  const atRestMs = foundAfterMs(accrual(), 'rest');
  assert.ok(atRestMs < 2_500, `${atRestMs} ms`);
});
