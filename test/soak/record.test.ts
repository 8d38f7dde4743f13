import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientCounts, faultsOf, type SoakSample, soakMarkdown } from './record.ts';

const WELL: ClientCounts = {
  probes: 100,
  probesUnanswered: 0,
  slowestProbeMs: 4,
  scrapes: 20,
  scrapesFailed: 0,
  answers: 50,
  answersFailed: 0,
  streams: 3,
};

function samples(change: (number: number) => Partial<SoakSample> = () => ({})): SoakSample[] {
  return Array.from({ length: 40 }, (_, number) => ({
    atSeconds: 30 * number,
    liveHeapMiB: 15,
    residentMiB: 80,
    workingSetMiB: 30,
    files: 24,
    ...change(number),
  }));
}

test('a soak whose figures stay where they are after the first quarter has no fault', () => {
  const warming = samples((number) => ({ liveHeapMiB: number < 10 ? 10 + number / 2 : 15 }));
  assert.deepEqual(faultsOf(warming, WELL), []);
});

test('a heap and files that grow on, and clients without an answer, are faults', () => {
  const leaking = samples((number) => ({ liveHeapMiB: 15 + number / 10, files: 24 + number }));
  assert.deepEqual(faultsOf(leaking, { ...WELL, probesUnanswered: 2, scrapesFailed: 1 }), [
    'the live heap grew by 2.00 MiB',
    '20 more files are open',
    '2 probes had no answer',
    '1 scrapes failed',
  ]);
});

test('a soak that saw nothing is no good soak', () => {
  assert.ok(faultsOf([], WELL).length > 0);
  assert.ok(faultsOf(samples(), { ...WELL, probes: 0 }).length > 0);
});

test('the table shows the first sample, the last and ten between them', () => {
  const lines = soakMarkdown(samples()).split('\n');
  assert.equal(lines.length, 2 + 12);
  assert.equal(lines[2], '| 0.0 | 15.0 | 30 | 80 | 24 |');
  assert.equal(lines.at(-1), '| 19.5 | 15.0 | 30 | 80 | 24 |');
});
