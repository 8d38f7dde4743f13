import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_TRANSITIONS, noteReport, RECENT_CAP } from '../../src/agent/transitions.ts';
import type { Report } from '../../src/model/report.ts';
import type { Transition } from '../../src/model/transition.ts';
import { leaderReport, lookingReport } from '../http/sample-report.ts';

/** Notes reports a second apart and gives the transitions of each. */
function note(...reports: readonly Report[]): (readonly Transition[])[] {
  let memory = NO_TRANSITIONS;
  return reports.map((report, second) => {
    const noted = noteReport(memory, report, second * 1000);
    memory = noted.memory;
    return noted.fresh;
  });
}

const brief = ({ kind, from, to, lastedMs }: Transition): string =>
  `${kind} ${from} > ${to} after ${lastedMs}`;

test('the first report is no change, and neither is the same one again', () => {
  assert.deepEqual(note(leaderReport(), leaderReport()), [[], []]);
});

test('losing the quorum changes role, readiness and verdict and brings findings', () => {
  const [, lost] = note(leaderReport(), lookingReport());
  assert.deepEqual(lost?.map(brief), [
    'role leader > looking after null',
    'ready ready > not-ready after null',
    'verdict healthy > broken after null',
    'finding none > peer-connecting after null',
    'finding none > no-quorum after null',
  ]);
  assert.equal(lost[1]?.detail, 'quorum-link: no link to a leader on port 2888');
});

test('what began under our eyes tells how long it lasted', () => {
  const reports = [leaderReport(), lookingReport(), lookingReport(), leaderReport()];
  assert.deepEqual(note(...reports)[3]?.map(brief), [
    'role looking > leader after 2000',
    'ready not-ready > ready after 2000',
    'verdict broken > healthy after 2000',
    'finding peer-connecting > none after 2000',
    'finding no-quorum > none after 2000',
  ]);
});

test('another summary of the same finding, or one more of its code, is no change', () => {
  const looking = lookingReport();
  const [finding] = looking.findings;
  assert.ok(finding);
  const more = [...looking.findings, { ...finding, summary: 'another peer' }];
  const other = looking.findings.map((one) => ({ ...one, summary: 'told otherwise' }));
  const changes = note(looking, { ...looking, findings: more }, { ...looking, findings: other });
  assert.deepEqual(changes, [[], [], []]);
});

test('the mesh and its delivery are one value', () => {
  const loopback = leaderReport({ mesh: { kind: 'istio-sidecar', inbound: 'loopback' } });
  assert.deepEqual(note(leaderReport(), loopback)[1]?.map(brief), [
    'mesh istio-sidecar/passthrough > istio-sidecar/loopback after null',
  ]);
});

test('the wall clock stepping back makes no duration negative', () => {
  const late = lookingReport({ at: '2020-01-01T00:00:00.000Z' });
  const [, , back] = note(leaderReport(), late, leaderReport({ at: '2019-01-01T00:00:00.000Z' }));
  assert.equal(back?.[0]?.lastedMs, 1000);
  assert.equal(back[0]?.at, '2019-01-01T00:00:00.000Z');
});

test('only the newest transitions are kept, oldest first', () => {
  let memory = NO_TRANSITIONS;
  for (let second = 0; second < 400; second += 1) {
    const report = second % 2 === 0 ? leaderReport() : lookingReport();
    memory = noteReport(memory, report, second * 1000).memory;
  }
  assert.equal(memory.recent.length, RECENT_CAP);
  assert.equal(memory.recent.at(-1)?.to, 'no-quorum');
});
