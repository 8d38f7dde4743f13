import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensembleCode, readyCode } from '../../src/commands/exit-code.ts';
import type { Report } from '../../src/model/report.ts';
import { blankReport, leaderReport, lookingReport } from '../http/sample-report.ts';

type Verdict = Report['ensemble']['verdict'];

/** The exit codes without and with `--allow-degraded`. */
function codes(report: Report, verdict: Verdict): readonly number[] {
  const given = { ...report, ensemble: { ...report.ensemble, verdict } };
  return [false, true].map((allowDegraded) => ensembleCode(given, { allowDegraded }));
}

test('a member is ready, not ready or not known', () => {
  assert.deepEqual([leaderReport(), lookingReport(), blankReport()].map(readyCode), [0, 1, 2]);
});

test('an ensemble that is not whole is a failure, unless a quorum is enough', () => {
  assert.deepEqual(codes(leaderReport(), 'healthy'), [0, 0]);
  assert.deepEqual(codes(leaderReport(), 'degraded'), [1, 0]);
  assert.deepEqual(codes(leaderReport(), 'broken'), [1, 1]);
  assert.deepEqual(codes(leaderReport(), 'unknown'), [2, 2]);
});

test('a member that is not ready is a failure of its own', () => {
  assert.deepEqual(codes(lookingReport(), 'unknown'), [1, 1]);
  assert.deepEqual(codes(lookingReport(), 'healthy'), [1, 0]);
  assert.deepEqual(codes(blankReport(), 'unknown'), [2, 2]);
});
