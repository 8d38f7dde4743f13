import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseCounters } from '../../src/proc/counters.ts';
import { createMeter, PROCESS_CLOCKS } from '../../src/proc/meter.ts';
import {
  assertReadable,
  hintReader,
  type ReadTiming,
  readCounters,
  readInterfaceCounters,
  readTables,
} from '../../src/proc/read.ts';
import { listens, row } from '../links/rows.ts';
import { makeFifo } from '../pipe.ts';
import { fileText } from './kernel-text.ts';

const OPTIONS = {
  watched: { counted: [2181], peer: [2888, 3888], capture: [], markers: [] },
  rowCap: 100_000,
  littleEndian: true,
};

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'quorum-probe-read-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'net'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'net', name), text);
  return root;
}

/** A clock on which each asking takes `stepMs`, and what was let run in between. */
function timing(sliceMs: number, stepMs: number): ReadTiming & { pauses(): number } {
  let nowMs = 0;
  let pauses = 0;
  return {
    sliceMs,
    clock() {
      nowMs += stepMs;
      return nowMs;
    },
    pause() {
      pauses += 1;
      return Promise.resolve();
    },
    meter: createMeter(PROCESS_CLOCKS),
    pauses: () => pauses,
  };
}

const CAPTURE = new URL('../fixtures/zookeeper/none-basic/healthy/0', import.meta.url).pathname;

test('both files of a capture are read into one table', async () => {
  const { table } = await readTables(CAPTURE, ['tcp', 'tcp6'], OPTIONS, timing(4, 0));
  assert.ok(table.rowsRead > 0);
  assert.deepEqual(table.malformed, {});
  const single = await readTables(CAPTURE, ['tcp6'], OPTIONS, timing(4, 0));
  assert.ok(single.table.rowsRead <= table.rowsRead);
});

test('tcp6 may be missing, tcp may not', async (t) => {
  const root = folder(t, { tcp: fileText([listens('*:3888')]) });
  const { table } = await readTables(root, ['tcp', 'tcp6'], OPTIONS, timing(4, 0));
  assert.equal(table.listeners.length, 1);
  assertReadable(root);
  const without = folder(t, { tcp6: fileText([listens('*:3888')]) });
  await assert.rejects(
    readTables(without, ['tcp', 'tcp6'], OPTIONS, timing(4, 0)),
    /ENOENT.*net\/tcp/,
  );
  assert.throws(() => assertReadable(without), /ENOENT/);
});

test('what is no file in the place of one fails in one line, and is waited for by nothing', async (t) => {
  for (const [file, place, expected] of [
    ['tcp', makeFifo, /net\/tcp is a pipe; give a regular file/],
    ['tcp6', makeFifo, /net\/tcp6 is a pipe; give a regular file/],
    ['tcp6', (path: string) => mkdirSync(path), /net\/tcp6 is a folder; give a regular file/],
    ['tcp', (path: string) => symlinkSync('/dev/zero', path), /net\/tcp is a device/],
    [
      'tcp',
      (path: string) => sparseFile(path, 300_000_000),
      /has 300000000 bytes; at most 268435456/,
    ],
  ] as const) {
    const root = folder(t, { tcp: fileText([]) });
    const path = join(root, 'net', file);
    rmSync(path, { force: true });
    place(path);
    await assert.rejects(readTables(root, ['tcp', 'tcp6'], OPTIONS, timing(4, 0)), expected);
    if (file === 'tcp') assert.throws(() => assertReadable(root), expected);
  }
});

test('counters that are no file, or too long, are not known, and are waited for by nothing', (t) => {
  for (const place of [
    makeFifo,
    (path: string) => mkdirSync(path),
    (path: string) => symlinkSync('/dev/zero', path),
    (path: string) => sparseFile(path, 300_000_000),
  ]) {
    const root = folder(t, {});
    for (const name of ['sockstat', 'sockstat6', 'snmp', 'netstat', 'dev']) {
      place(join(root, 'net', name));
    }
    assert.deepEqual(readCounters(root), parseCounters(null, null));
    assert.equal(readInterfaceCounters(root).size, 0);
    const hints = hintReader(root, true)();
    assert.deepEqual([hints.inUse, hints.inUse6], [null, null]);
  }
});

function sparseFile(path: string, bytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
}

const LONG = Array.from({ length: 3_000 }, (_, at) =>
  row(`10.96.8.10:${at + 1}`, '10.96.8.11:3888'),
);

test('a long table is read in slices, and the loop runs between them', async (t) => {
  const root = folder(t, { tcp: fileText(LONG), tcp6: '' });
  const quick = timing(4, 0);
  const { table } = await readTables(root, ['tcp', 'tcp6'], OPTIONS, quick);
  assert.equal(table.connections.length, 3_000);
  assert.equal(quick.pauses(), 0);
  const slow = timing(4, 5);
  const sliced = await readTables(root, ['tcp', 'tcp6'], OPTIONS, slow);
  assert.deepEqual(sliced.table, table);
  // 450,000 bytes in buffers of 65,536, each of them longer than a slice.
  assert.equal(slow.pauses(), 7);
  assert.equal(sliced.longestHoldMs, 5);
});

test('a slice that is not used up is not given back', async (t) => {
  const root = folder(t, { tcp: fileText(LONG) });
  const some = timing(12, 5);
  await readTables(root, ['tcp'], OPTIONS, some);
  assert.ok(some.pauses() >= 1 && some.pauses() < 4);
});

test('hints, counters and interfaces of a capture are read, and of an empty folder are null', (t) => {
  const hints = hintReader(CAPTURE, false)();
  assert.equal(hints.inUse, 0);
  assert.notEqual(readCounters(CAPTURE).activeOpens, null);
  assert.notEqual(readCounters(CAPTURE).listenDrops, null);
  const empty = folder(t, {});
  assert.deepEqual(
    [hintReader(empty, false)().inUse, hintReader(empty, true)().inUse6],
    [null, null],
  );
  assert.ok(Object.values(readCounters(empty)).every((value) => value === null));
  assert.equal(readInterfaceCounters(empty).size, 0);
});

test('hints of a living proc follow files that are kept open', (t) => {
  const root = folder(t, { sockstat: 'TCP: inuse 3\n' });
  const read = hintReader(root, true);
  assert.equal(read().inUse, 3);
  writeFileSync(join(root, 'net', 'sockstat'), 'TCP: inuse 12\n');
  assert.equal(read().inUse, 12);
});

test('hints of a copied folder follow a file that is rewritten, removed and put back', (t) => {
  const root = folder(t, { sockstat: 'TCP: inuse 3\n' });
  const read = hintReader(root, false);
  const file = join(root, 'net', 'sockstat');
  assert.equal(read().inUse, 3);
  writeFileSync(file, 'TCP: inuse 12\n');
  assert.equal(read().inUse, 12);
  rmSync(file);
  assert.equal(read().inUse, null);
  writeFileSync(file, 'TCP: inuse 5\n');
  assert.equal(read().inUse, 5);
});
