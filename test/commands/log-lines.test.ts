import assert from 'node:assert/strict';
import { closeSync, constants, openSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type LogLines, logLines } from '../../src/commands/log-lines.ts';
import { makePipe, type Pipe } from '../pipe.ts';

const { O_WRONLY, O_NONBLOCK } = constants;
const LINE = `${'x'.repeat(99)}\n`;

interface Logging {
  readonly pipe: Pipe;
  readonly lines: LogLines;
  /** What was said of dropped lines, in order. */
  readonly told: readonly number[];
}

function logging(t: TestContext, mostBytes: number): Logging {
  const pipe = makePipe(t);
  const fd = openSync(pipe.path, O_WRONLY | O_NONBLOCK);
  t.after(() => closeSync(fd));
  const told: number[] = [];
  return { pipe, lines: logLines(fd, mostBytes, (dropped) => told.push(dropped)), told };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

test('lines arrive whole and in order', async (t) => {
  const { pipe, lines } = logging(t, 1 << 20);
  const written = Array.from({ length: 300 }, (_, index) => `${index} ${'y'.repeat(index * 7)}\n`);
  const long = `${'z'.repeat(20_000)}\n`;
  for (const line of [...written, long]) lines.write(line);
  let read = '';
  await until(() => {
    read += pipe.read();
    return read.length >= [...written, long].join('').length;
  });
  assert.equal(read, [...written, long].join(''));
  assert.equal(lines.dropped(), 0);
});

test('a pipe that nobody reads: what does not fit is dropped and counted, and said once there is room', async (t) => {
  const { pipe, lines, told } = logging(t, 10 * LINE.length);
  pipe.fill();
  for (let index = 0; index < 25; index += 1) lines.write(LINE);
  assert.equal(lines.dropped(), 15);
  await lines.flush(50);
  assert.deepEqual(told, []);
  pipe.read();
  await until(() => told.length > 0);
  assert.deepEqual(told, [15]);
  assert.equal(pipe.read(), LINE.repeat(10));
  lines.write(LINE);
  await lines.flush(5_000);
  assert.equal(pipe.read(), LINE);
  assert.deepEqual([told, lines.dropped()], [[15], 15]);
});

test('a line that comes while some were dropped waits its turn behind those kept', async (t) => {
  const { pipe, lines } = logging(t, 3 * LINE.length);
  pipe.fill();
  for (const line of ['1\n', LINE, LINE, LINE, '2\n']) lines.write(line);
  assert.equal(lines.dropped(), 1);
  // The first write is under way, and may find the pipe emptied while that is being read.
  const before = pipe.read();
  await lines.flush(5_000);
  const read = before + pipe.read();
  assert.equal(read.slice(read.indexOf('1\n')), `1\n${LINE}${LINE}2\n`);
});

test('the last lines wait for a reader no longer than they may', async (t) => {
  const { pipe, lines } = logging(t, 1024);
  pipe.fill();
  lines.write(LINE);
  const startMs = performance.now();
  await lines.flush(100);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs >= 95 && tookMs < 2_000, `${tookMs} ms`);
  pipe.read();
  await lines.flush(5_000);
  assert.equal(pipe.read(), LINE);
});

test('lines for a reader who went are dropped and counted, not kept', async (t) => {
  const { pipe, lines } = logging(t, 10 * LINE.length);
  pipe.closeReader();
  for (let index = 0; index < 30; index += 1) {
    lines.write(LINE);
    await lines.flush(1_000);
  }
  assert.equal(lines.dropped(), 30);
});

test('a disk without room keeps what fits the buffer, and counts the rest', async () => {
  // Stays open: the lines are tried again while the process lives, and the number may be another file's then.
  const fd = openSync('/dev/full', 'w');
  const lines = logLines(fd, 10 * LINE.length, () => assert.fail());
  for (let index = 0; index < 12; index += 1) lines.write(LINE);
  assert.equal(lines.dropped(), 2);
  await lines.flush(50);
  assert.equal(lines.dropped(), 2);
});
