import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStopRequests, type StopAnswer } from '../../src/agent/stop-requests.ts';
import { wholeReport } from '../../src/assess/ensemble/ensemble.ts';
import { type AskedEvidence, NOTHING_ASKED } from '../../src/model/asked.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import { leaderReport } from '../http/sample-report.ts';

const OTHERS = ['zk-0', 'zk-2'];

/** A member of three, its peers' answers and its clock in the test's hands. */
function member(own: Partial<Report> = {}) {
  let nowMs = 0;
  let report: Report = leaderReport({
    member: { name: 'zk-1', addresses: [] },
    quorum: { size: 3, majority: 2, votes: 3, margin: 1 },
    ...own,
  });
  let asked: AskedEvidence = NOTHING_ASKED;
  let work: (() => void) | null = null;
  const listeners = new Set<(report: Report) => void>();
  const said: string[] = [];
  const requests = createStopRequests({
    report: () => report,
    onReport: (listener) => listeners.add(listener),
    asked: () => asked,
    isVoter: () => true,
    otherMembers: () => OTHERS.map((name) => ({ name, addresses: [], voter: true })),
    publish(stopping) {
      report = { ...report, stopping };
      said.push(stopping?.state ?? 'none');
    },
    clock: () => nowMs,
    wallClock: () => new Date(nowMs),
    every(_ms, one) {
      work = one;
      return () => {
        work = null;
      };
    },
  });
  return {
    requests,
    said,
    report: () => report,
    isReading: () => work !== null,
    pass(ms: number) {
      nowMs += ms;
      work?.();
    },
    /** A round of questions ends with these answers; a member that is not named is silent. */
    round(answers: Readonly<Record<string, Partial<Report>>>) {
      nowMs += 1_000;
      const timeout: PeerAnswer = { kind: 'timeout', reason: 'silent' };
      const all = OTHERS.map((name): readonly [string, PeerAnswer] => {
        const changes = answers[name];
        if (changes === undefined) return [name, timeout];
        const other = leaderReport({ member: { name, addresses: [] }, ...changes });
        return [name, { kind: 'answered', rttMs: 1, report: wholeReport(other) }];
      });
      const history = new Map(
        all.map(([name, { kind }]) => [
          name,
          { lastAnswerMs: 0, timeouts: kind === 'timeout' ? 1 : 0, silentSinceMs: null },
        ]),
      );
      const answer = { answers: new Map(all), history, sights: new Map() };
      asked = { ...asked, peers: { answer, atMs: nowMs } };
      work?.();
    },
    becomes(changes: Partial<Report>) {
      report = { ...report, ...changes };
      for (const listener of listeners) listener(report);
    },
  };
}

const LEARNER = {
  role: 'learner',
  quorum: { size: 3, majority: 2, votes: null, margin: null },
} as const;

function collect() {
  const answers: StopAnswer[] = [];
  return { answers, take: (answer: StopAnswer) => void answers.push(answer) };
}

test('a stop waits for two whole rounds of questions, and is then allowed and reported', () => {
  const { requests, round, said, report } = member(LEARNER);
  const { answers, take } = collect();
  round({ 'zk-0': LEARNER, 'zk-2': {} });
  requests.hold(60_000, take);
  assert.equal(report().stopping?.state, 'held');
  round({ 'zk-0': LEARNER, 'zk-2': {} });
  round({ 'zk-0': LEARNER, 'zk-2': {} });
  assert.equal(answers.length, 0);
  round({ 'zk-0': LEARNER, 'zk-2': {} });
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['allowed'],
  );
  assert.deepEqual(said, ['held', 'going']);
});

test('a stop is held while another member is silent, and released when it is back', () => {
  const { requests, round } = member(LEARNER);
  const { answers, take } = collect();
  round({ 'zk-2': {} });
  requests.hold(60_000, take);
  for (let count = 0; count < 8; count += 1) round({ 'zk-2': {} });
  assert.equal(answers.length, 0);
  round({ 'zk-0': LEARNER, 'zk-2': {} });
  assert.equal(answers[0]?.kind, 'allowed');
});

test('the wait ends in time, which is no permission and says what was missing', () => {
  const { requests, round, pass, report } = member(LEARNER);
  const { answers, take } = collect();
  round({ 'zk-2': {} });
  requests.hold(5_000, take);
  for (let count = 0; count < 4; count += 1) round({ 'zk-2': {} });
  pass(1_000);
  assert.deepEqual(answers, [
    {
      kind: 'timed-out',
      reason: 'not spared within 5 s: 1 of the other voters is there, and a majority needs 2',
    },
  ]);
  // The kubelet stops the server all the same, and the others must know.
  assert.equal(report().stopping?.state, 'going');
});

test('a question whose client has gone before its answer leaves nothing behind', () => {
  const { requests, round, report, isReading } = member(LEARNER);
  round({ 'zk-2': {} });
  const end = requests.hold(60_000, () => assert.fail('nobody is there to be answered'));
  end();
  assert.equal(report().stopping, null);
  assert.equal(isReading(), false);
});

test('a second question keeps the stop when the first one ends', () => {
  const { requests, round, report } = member(LEARNER);
  const { answers, take } = collect();
  round({ 'zk-2': {} });
  const end = requests.hold(60_000, () => assert.fail('its client has gone'));
  requests.hold(60_000, take);
  end();
  assert.equal(report().stopping?.state, 'held');
  for (let count = 0; count < 3; count += 1) round({ 'zk-0': {}, 'zk-2': {} });
  assert.equal(answers[0]?.kind, 'allowed');
});

test('a server that comes back in the same pod ends the stop', () => {
  const { requests, becomes, report, isReading } = member();
  const { answers, take } = collect();
  requests.hold(60_000, take);
  assert.equal(answers[0]?.kind, 'allowed');
  becomes({ inQuorum: true });
  assert.equal(report().stopping?.state, 'going');
  becomes({ inQuorum: false });
  becomes({ inQuorum: true });
  assert.equal(report().stopping, null);
  assert.equal(isReading(), false);
});

test('a server that does not stop after the answer is no longer said to be going', () => {
  const { requests, pass, report } = member();
  requests.hold(60_000, () => {});
  pass(119_000);
  assert.equal(report().stopping?.state, 'going');
  pass(1_000);
  assert.equal(report().stopping, null);
});

test('a stop asked for again while the member is going is decided anew', () => {
  const { requests, becomes, pass, report } = member();
  const { answers, take } = collect();
  requests.hold(60_000, take);
  becomes({ quorum: { size: 3, majority: 2, votes: 2, margin: 0 } });
  requests.hold(60_000, take);
  pass(1_000);
  assert.equal(answers.length, 1);
  assert.equal(report().stopping?.state, 'going');
});

test('a question without a wait is answered and told to nobody', () => {
  const { requests, said } = member();
  assert.equal(requests.decide().kind, 'allowed');
  assert.deepEqual(said, []);
});

test('the end of the probe answers everybody who waits', () => {
  const { requests, round, report } = member(LEARNER);
  const { answers, take } = collect();
  round({ 'zk-2': {} });
  requests.hold(60_000, take);
  requests.stop();
  assert.equal(answers[0]?.kind, 'given-up');
  assert.equal(report().stopping, null);
});
