import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Judged } from '../../src/agent/judged.ts';
import {
  afterScan,
  begun,
  due,
  FIRST_PACE,
  noticed,
  type Pace,
  type Signs,
  untilNextReadingMs,
} from '../../src/agent/pace.ts';
import { SCAN } from './watching.ts';

const PACE: Pace = {
  ...FIRST_PACE,
  scanMs: 99_500,
  baseline: [7, 3],
  spent: [{ atMs: 99_000, cpuMs: 1_000 }],
};

const SIGNS: Signs = {
  nowMs: 100_000,
  signature: [7, 3],
  ownActivityAtMs: null,
  revision: 0,
  waiting: false,
};

const MOVED = { moved: 'surely' } as const;

const dueWith = (pace: Partial<Pace>, signs: Partial<Signs> = {}) =>
  due({ ...PACE, ...pace }, { ...SIGNS, ...signs }, SCAN);

test('the first scan is due at once', () => {
  assert.equal(dueWith({ scanMs: null }), 'start');
});

test('a change is scanned for after the least interval, and silence after the most', () => {
  assert.equal(dueWith(MOVED), null);
  assert.equal(dueWith({ ...MOVED, scanMs: 99_000 }), 'change');
  assert.equal(dueWith({ scanMs: 95_001 }), null);
  assert.equal(dueWith({ scanMs: 95_000 }), 'max-age');
});

test('a new answer, and readiness that waits, are changes too', () => {
  assert.equal(dueWith({ scanMs: 99_000 }), null);
  assert.equal(dueWith({ scanMs: 99_000 }, { revision: 1 }), 'change');
  assert.equal(dueWith({ scanMs: 99_000 }, { waiting: true }), 'change');
});

test('a confirming scan stands outside the least interval', () => {
  assert.equal(dueWith({ confirmAtMs: 100_001 }), null);
  assert.equal(dueWith({ confirmAtMs: 100_000 }), 'confirm');
});

test('the moment of settling is scanned for once, whatever scans cost', () => {
  const settled = { settlesAtMs: 99_500, scanMs: 99_000, costsMs: [80] };
  assert.equal(dueWith(settled), 'change');
  assert.equal(dueWith({ ...settled, scanMs: 99_600 }), null);
  assert.equal(dueWith({ ...settled, settlesAtMs: 100_001 }), null);
});

test('what a quiet time saved pays for scans in a row, and no more than the share over ten seconds', () => {
  const costly = { ...MOVED, costsMs: [60], scanMs: 98_900 };
  const spent = (cpuMs: number) => ({ spent: [{ atMs: 95_000, cpuMs }] });
  assert.equal(dueWith({ ...costly, ...spent(0) }), 'change');
  assert.equal(dueWith({ ...costly, ...spent(140) }), 'change');
  assert.equal(dueWith({ ...costly, ...spent(141) }), null);
  assert.equal(dueWith({ ...costly, ...spent(0), scanMs: 99_100 }), null);
});

test('a change that may be a connection of its own is believed at the second reading', () => {
  const signs = { ...SIGNS, signature: [8, 3], ownActivityAtMs: 99_800 };
  const once = noticed(PACE, signs);
  assert.equal(once.moved, 'perhaps');
  assert.equal(noticed(once, signs).moved, 'surely');
  assert.equal(noticed(once, SIGNS).moved, 'not');
  assert.equal(noticed(PACE, { ...signs, ownActivityAtMs: 99_500 }).moved, 'surely');
});

test('where no counter can be read every moment may have brought a change', () => {
  const blind = { ...SIGNS, signature: [null, null], ownActivityAtMs: 99_999 };
  assert.equal(noticed({ ...PACE, baseline: [null, null] }, blind).moved, 'surely');
});

test('a scan that begins takes the counters and answers as they are, and ends the wish to confirm', () => {
  const signs = { ...SIGNS, signature: [9, 9], revision: 4 };
  const pace = { ...PACE, confirmAtMs: 99_900 };
  assert.deepEqual(begun(pace, 'change', signs), {
    ...pace,
    ...{ baseline: [9, 9], revision: 4, scanMs: 100_000 },
  });
  assert.deepEqual(begun(pace, 'confirm', signs), {
    ...pace,
    ...{ baseline: [9, 9], revision: 4, confirmAtMs: null },
  });
});

const JUDGED: Judged = {
  reason: 'change',
  endedMs: 100_010,
  cpuMs: 4,
  doubtful: false,
  clientsWait: false,
};
const QUIET = {
  unsettled: false,
  stalling: false,
  queueDoubt: 'none',
  readiness: { kind: 'unknown', sinceMs: 0 },
} as const;

test('doubt and a row seen once ask for a confirming scan, a confirming scan for none', () => {
  const confirmAt = (judged: Partial<Judged>, unsettled: boolean) =>
    afterScan(PACE, { ...JUDGED, ...judged }, { ...QUIET, unsettled }, SCAN).confirmAtMs;
  assert.equal(confirmAt({}, false), null);
  assert.equal(confirmAt({ doubtful: true }, false), 100_210);
  assert.equal(confirmAt({}, true), 100_210);
  assert.equal(confirmAt({ reason: 'confirm' }, true), null);
});

test('while a peer leaves data unanswered scans follow at a tenth of a core', () => {
  const stalling = { ...QUIET, stalling: true };
  assert.equal(afterScan(PACE, JUDGED, stalling, SCAN).confirmAtMs, 100_210);
  assert.equal(afterScan(PACE, { ...JUDGED, cpuMs: 40 }, stalling, SCAN).confirmAtMs, 100_410);
});

test('the first scan is not charged for, and the moment of settling is kept', () => {
  const first = afterScan(FIRST_PACE, { ...JUDGED, reason: 'start' }, QUIET, SCAN);
  assert.deepEqual([first.costsMs, first.spent, first.settlesAtMs], [[], [], null]);
  const readiness = { kind: 'settling', sinceMs: 0, untilMs: 105_000 } as const;
  const next = afterScan(FIRST_PACE, JUDGED, { ...QUIET, readiness }, SCAN);
  assert.deepEqual(next.spent, [{ atMs: 100_010, cpuMs: 4 }]);
  assert.equal(next.settlesAtMs, 105_000);
});

test('the counters are read often, and at once where a confirming scan is due', () => {
  assert.equal(untilNextReadingMs(PACE, 100_000, SCAN), 250);
  assert.equal(untilNextReadingMs({ ...PACE, confirmAtMs: 100_100 }, 100_000, SCAN), 100);
  assert.equal(untilNextReadingMs({ ...PACE, confirmAtMs: 99_000 }, 100_000, SCAN), 0);
});

test('while a queue stands the table is read again within a second, and a queue that fell waits for the next scan', () => {
  const after = (queueDoubt: 'new' | 'standing', judged: Partial<Judged>): number | null =>
    afterScan(PACE, { ...JUDGED, ...judged }, { ...QUIET, queueDoubt }, SCAN).confirmAtMs;
  const { endedMs } = JUDGED;
  assert.equal(after('new', {}), endedMs + 200);
  assert.equal(after('standing', { reason: 'confirm' }), endedMs + 200);
  assert.equal(after('standing', { reason: 'confirm', cpuMs: 500 }), endedMs + 1_000);
  assert.equal(after('new', { reason: 'confirm' }), null);
});
