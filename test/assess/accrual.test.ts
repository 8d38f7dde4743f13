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

/** Readings at which a leader that does not stand still was suspected, by phase. */
function falseAlarms(detect: Detector, phases: readonly Phase[]): ReadonlyMap<string, number> {
  const alarms = new Map<string, number>();
  let pausedSinceMs = Number.NaN;
  for (const { phase, readings } of phases) {
    for (const [nowMs, heardAtMs] of readings) {
      const suspected = detect(nowMs, heardAtMs);
      if (phase === PAUSE) pausedSinceMs = heardAtMs;
      // Until it is heard again the pause lasts.
      else if (heardAtMs !== pausedSinceMs)
        alarms.set(phase, (alarms.get(phase) ?? 0) + Number(suspected));
    }
  }
  return alarms;
}

/**
 * The recording with its load, in which data came all the time, for ten minutes and as ticks of 250 ms see it:
 * between two readings at which data had just come, it had just come as well.
 */
function longLoad(): readonly Phase[] {
  const LONGER_MS = 600_000;
  const [rest, load, after] = RECORDED;
  assert.ok(rest !== undefined && load !== undefined && after !== undefined);
  const fromMs = load.readings[0]?.[0] ?? 0;
  const ticks = Array.from({ length: LONGER_MS / TICK_MS }, (_, at) => fromMs + at * TICK_MS);
  const laterMs = LONGER_MS - ((load.readings.at(-1)?.[0] ?? 0) - fromMs);
  return [
    rest,
    { phase: load.phase, readings: ticks.map((nowMs) => [nowMs, nowMs] as const) },
    {
      phase: after.phase,
      readings: after.readings.map(([nowMs, heardAtMs]) => [nowMs + laterMs, heardAtMs + laterMs]),
    },
  ];
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

test('under load data comes all the time', () => {
  const ages = RECORDED.flatMap(({ phase, readings }) =>
    phase === 'load' ? readings.map(([nowMs, heardAtMs]) => nowMs - heardAtMs) : [],
  ).sort((a, b) => a - b);
  assert.ok((ages[Math.floor(ages.length / 2)] ?? 1_000) <= 4, ages.join());
});

test('neither suspects a healthy leader in the recording', () => {
  for (const detect of [ours(), accrual()]) {
    const alarms = [...falseAlarms(detect, RECORDED).values()];
    assert.deepEqual(alarms, [0, 0, 0, 0]);
  }
});

test('φ-accrual takes the first pings after a long load for a death, and the floor of the heartbeat does not', () => {
  const byPhi = falseAlarms(accrual(), longLoad()).get('rest after load') ?? 0;
  assert.ok(byPhi > 0);
  assert.equal(falseAlarms(ours(), longLoad()).get('rest after load'), 0);
});

test('a cut is found after two and a half heartbeats whatever came before; by φ-accrual after 1.6 to 2.8 s', () => {
  const phases = ['rest', 'load', 'rest after load', 'rest after the pause'];
  for (const phase of phases) {
    const ms = foundAfterMs(ours(), phase);
    assert.ok(ms >= 2_500 && ms <= 3_000, `${phase}: ${ms} ms`);
  }
  const byPhi = phases.map((phase) => foundAfterMs(accrual(), phase));
  assert.ok(Math.min(...byPhi) < 1_750 && Math.max(...byPhi) > 2_750, byPhi.join());
});
