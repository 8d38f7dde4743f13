import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VoteWeights } from '../../src/model/quorum-verifier.ts';
import type { Ensemble } from '../../src/model/settings.ts';
import { listens, PEERS, POD, PROXY, row } from '../links/rows.ts';
import { peers, silent } from './asked-evidence.ts';
import { at, codes, finding, reportOf, status } from './judging.ts';
import { LEADER, LOOKING } from './zookeeper-rows.ts';

const [PEER, OTHER] = PEERS;
/** A leader that nobody follows. */
const ALONE = [...LOOKING, listens(`${POD}:2888`)];
const WITH_OTHER = [...ALONE, row(`${POD}:2888`, `${OTHER}:2`)];

/** Three members of one group with these weights, this one first. */
function weighed(...weights: readonly [number, number, number]): Ensemble {
  const groups: VoteWeights['groups'] = [
    {
      totalWeight: weights.reduce((sum, weight) => sum + weight, 0),
      weights: new Map([POD, PEER, OTHER].map((name, index) => [name, weights[index] ?? 0])),
    },
  ];
  const ensemble = at(POD, PEER, OTHER);
  assert.ok(ensemble.kind === 'members');
  return { ...ensemble, verifier: { kind: 'weights', groups } };
}

test('a leader with the weight of a majority needs nobody else', () => {
  const report = reportOf(ALONE, { ensemble: weighed(3, 1, 1) });
  assert.deepEqual([report.role, report.inQuorum, report.ready], ['leader', true, true]);
  assert.deepEqual(report.quorum, { size: 3, majority: null, votes: 1, margin: null });
  assert.equal(status(report, 'quorum-link'), 'pass');
  assert.equal(status(report, 'majority'), 'pass');
  assert.ok(!codes(report).includes('leader-without-quorum'));
});

test('a majority of heads without the weight of one is no quorum', () => {
  const report = reportOf(WITH_OTHER, { ensemble: weighed(1, 3, 1) });
  assert.deepEqual([report.role, report.inQuorum, report.ready], ['leader', false, false]);
  assert.equal(status(report, 'quorum-link'), 'fail');
  assert.equal(status(report, 'majority'), 'fail');
  assert.match(finding(report, 'leader-without-quorum').summary, /weights and groups: 2 of 3/);
});

test('which of the others is linked is what counts', () => {
  const withPeer = [...ALONE, row(`${POD}:2888`, `${PEER}:1`)];
  assert.equal(reportOf(withPeer, { ensemble: weighed(1, 3, 1) }).inQuorum, true);
  assert.equal(reportOf(LEADER, { ensemble: weighed(1, 1, 1) }).inQuorum, true);
});

test('where a mesh hides whose links they are, the quorum is not known', () => {
  const meshed = [
    ...ALONE,
    listens('*:15001', PROXY),
    listens('*:15006', PROXY),
    row(`${POD}:2888`, '127.0.0.6:1000'),
    row('127.0.0.6:1000', `${POD}:2888`, PROXY),
    row(`${POD}:15006`, `${OTHER}:40000`, PROXY),
  ];
  const report = reportOf(meshed, { ensemble: weighed(1, 3, 1) });
  assert.deepEqual([report.role, report.inQuorum, report.ready], ['leader', null, false]);
  assert.equal(report.verdict, 'unknown');
  const majority = report.checks.find(({ name }) => name === 'majority');
  assert.equal(majority?.status, 'unknown');
  assert.match(majority?.reason ?? '', /weights/);
  // Its own weight is known whoever hides.
  assert.equal(reportOf(meshed, { ensemble: weighed(3, 1, 1) }).inQuorum, true);
});

test('an address that no member has may be anybody', () => {
  const stranger = [...ALONE, row(`${POD}:2888`, '10.99.0.1:4')];
  assert.equal(reportOf(stranger, { ensemble: weighed(1, 3, 1) }).inQuorum, null);
});

test('those who hear of no quorum by weight are cut off, and those who do are not', () => {
  const asked = peers([silent(0, 2), silent(0, 0)]);
  const cut = reportOf(LEADER, { ensemble: weighed(1, 3, 1) }, { asked });
  assert.ok(codes(cut).includes('isolated'));
  assert.equal(cut.inQuorum, false);
  const both = peers([silent(0, 2), silent(0, 2)]);
  const heavy = reportOf(LEADER, { ensemble: weighed(3, 1, 1) }, { asked: both });
  assert.ok(!codes(heavy).includes('isolated'));
});

test('of two voters with an oracle one alone may be a quorum, which the sockets cannot tell', () => {
  const two = at(POD, PEER);
  assert.ok(two.kind === 'members');
  const ensemble: Ensemble = { ...two, verifier: { kind: 'oracle' } };
  const both = reportOf([...ALONE, row(`${POD}:2888`, `${PEER}:1`)], { ensemble });
  assert.deepEqual([both.inQuorum, both.quorum.majority], [true, null]);
  const alone = reportOf(ALONE, { ensemble });
  assert.deepEqual([alone.inQuorum, alone.ready, alone.verdict], [null, false, 'unknown']);
  assert.equal(status(alone, 'quorum-link'), 'unknown');
  assert.ok(!codes(alone).includes('leader-without-quorum'));
});
