import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { createDiagReader, type DiagReading } from '../../src/kernel/dump.ts';
import type { Netlink } from '../../src/kernel/netlink.ts';
import { withVitals } from '../../src/kernel/watch.ts';
import type { ReadTiming } from '../../src/proc/read.ts';
import { createTableKeeper } from '../../src/proc/table-keeper.ts';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import recorded from '../fixtures/netlink/every-kind.json' with { type: 'json' };
import { row } from '../links/rows.ts';
import { type Answer, fakeNetlink } from './fake-kernel.ts';
import { doneMessage, errorMessage, rowMessage, type Writing } from './messages.ts';
import { portable, replay, WATCHED } from './recording.ts';

const OPTIONS = { watched: WATCHED, rowCap: 1000 };
const PORTS = [...WATCHED.counted, ...WATCHED.peer, ...WATCHED.capture];

async function read(netlink: Netlink) {
  const keeper = createTableKeeper(OPTIONS);
  const timing: ReadTiming = {
    sliceMs: 4,
    clock: () => performance.now(),
    pause: () => pause(),
    meter: { begin() {}, end() {}, pool: (work) => work(), spentMs: () => 0 },
  };
  const reader = createDiagReader(netlink, true);
  const reading = await reader.read(['tcp', 'tcp6'], PORTS, keeper, timing);
  const whole = await withVitals(reader, keeper.table(), timing);
  return { reading, table: whole.kind === 'read' ? whole.table : keeper.table() };
}

test('a recorded dump gives the table that /proc showed at the same moment', async () => {
  const { reading, table } = await read(replay(recorded.exchanges));
  assert.equal(reading.kind, 'read');
  const scanner = createTableScanner({ ...OPTIONS, littleEndian: true });
  for (const text of [recorded.tcp, recorded.tcp6]) {
    scanner.push(Buffer.from(text, 'latin1'));
    scanner.end();
  }
  assert.deepEqual(portable(table), portable(scanner.table()));
});

const readingOf = async (answer: Answer): Promise<DiagReading> =>
  (await read(fakeNetlink(answer).netlink)).reading;

test('a kernel whose filter knows no equality is asked by ranges, once and for all', async () => {
  const { netlink, requests } = fakeNetlink((request, writing) =>
    request.length > 72 && request[76] === 11
      ? [errorMessage(22, writing)]
      : [doneMessage(writing)],
  );
  const { reading } = await read(netlink);
  assert.equal(reading.kind, 'read');
  const filters = requests.filter(({ length }) => length > 72).map((request) => request[76]);
  assert.deepEqual(filters, [11, 2, 2]);
});

test('a kernel without IPv6 has no rows of it, and one without TCP diagnosis fails', async () => {
  const without = (family: number) => (request: Buffer, writing: Writing) => [
    request[16] === family ? errorMessage(2, writing) : doneMessage(writing),
  ];
  assert.equal((await readingOf(without(10))).kind, 'read');
  assert.deepEqual(await readingOf(without(2)), {
    kind: 'failed',
    reason: 'the kernel answered ENOENT',
  });
});

test('what the kernel refuses, cuts short or never ends is a failure and no table', async () => {
  const big = Buffer.alloc(70_000);
  const failures: [Answer, RegExp][] = [
    [(_request, writing) => [errorMessage(1, writing)], /EPERM/],
    [() => [], /EAGAIN/],
    [() => [Buffer.alloc(5)], /cut short/],
    [() => [big], /a piece of 70000 bytes/],
    [
      (_request, writing) => {
        const rows = rowMessage(row('10.0.0.1:3888', '10.0.0.2:40000'), writing);
        return Array.from({ length: 16_385 }, () => rows);
      },
      /more than 16384 pieces/,
    ],
  ];
  for (const [answer, reason] of failures) {
    const reading = await readingOf(answer);
    assert.equal(reading.kind, 'failed');
    if (reading.kind === 'failed') assert.match(reading.reason, reason);
  }
});

test('a dump that the kernel calls interrupted is no table', async () => {
  const reading = await readingOf((_request, writing) => [
    doneMessage({ ...writing, flags: 0x10 }),
  ]);
  assert.deepEqual(reading, { kind: 'interrupted' });
});

test('no answer of a kernel makes a reading fail otherwise than by its value', async () => {
  const change = fc.tuple(fc.nat(), fc.nat(), fc.nat(255));
  const changes = fc.array(change, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(changes, async (changed) => {
      const exchanges = recorded.exchanges.map(({ request, pieces }) => ({
        request,
        pieces: [...pieces],
      }));
      for (const [exchange, at, value] of changed) {
        const { pieces } = exchanges[exchange % exchanges.length] ?? { pieces: [] };
        const bytes = Buffer.from(pieces[0] ?? '', 'base64');
        // The length of the first message stays, so that its sequence number is where it is looked for.
        bytes[4 + (at % (bytes.length - 4))] = value;
        pieces[0] = bytes.toString('base64');
      }
      const { reading, table } = await read(replay(exchanges));
      assert.ok(['read', 'interrupted', 'failed'].includes(reading.kind));
      assert.ok(table.rowsRead <= 60);
    }),
    { numRuns: 300 },
  );
});

test('requests are as the kernel of this machine took them', async () => {
  const requests: Buffer[] = [];
  await read(replay(recorded.exchanges, requests));
  const unnumbered = (request: Buffer): string => {
    request.writeUInt32LE(0, 8);
    return request.toString('hex');
  };
  assert.deepEqual(
    requests.map(unnumbered),
    recorded.exchanges.map(({ request }) => unnumbered(Buffer.from(request, 'base64'))),
  );
});
