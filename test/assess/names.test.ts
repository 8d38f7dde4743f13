import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NameAnswer, PodIdentity } from '../../src/model/names.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import { PEERS, POD, row } from '../links/rows.ts';
import { at, codes, finding, named, type Run, reportOf, run, status } from './judging.ts';
import { published, unpublished } from './observation.ts';
import { LEADER } from './zookeeper-rows.ts';

const [PEER, OTHER] = PEERS;
const IDENTITY: PodIdentity = {
  kind: 'known',
  pod: 'zk-0',
  service: 'zk',
  namespace: 'data',
  domain: 'cluster.local',
};
const NAMES = ['zk-0.zk', 'zk-1.zk', 'zk-2.zk'] as const;

function answers(...given: readonly NameAnswer[]): ReadonlyMap<string, NameAnswer> {
  return new Map(given.map((answer, at) => [NAMES[at] ?? '', answer]));
}

function probe(changes: Partial<JudgeSettings> = {}): Run {
  return run({ ensemble: named(...NAMES), podName: 'zk-0', identity: IDENTITY, ...changes });
}

const FAILED: NameAnswer = {
  kind: 'failed',
  addresses: [],
  atMs: 0,
  reason: 'getaddrinfo EAI_AGAIN zk-2.zk',
};

test('names that never resolved are told after two minutes, and not as members that went', () => {
  const zk = probe();
  const names = answers(published(0, POD), published(0, PEER), unpublished(0, 0));
  const rows = LEADER.filter(({ remote }) => remote.address !== OTHER);
  for (let nowMs = 0; nowMs < 120_000; nowMs += 5_000) {
    assert.ok(!codes(zk.look(nowMs, rows, { names })).includes('members-unresolved'));
  }
  const late = zk.look(120_000, rows, { names });
  const said = finding(late, 'members-unresolved');
  assert.match(said.summary, /^zk-2\.zk has not resolved/);
  assert.match(said.remedy, /own full name is zk-0\.zk\.data\.svc\.cluster\.local/);
  assert.equal(said.certainty, 'confirmed');
  assert.equal(said.severity, 'warning');
  assert.ok(!codes(late).includes('peer-missing'));
  assert.equal(status(late, 'peers'), 'warn');
  assert.equal(late.verdict, 'degraded');
});

test('a name that resolved once is a missing peer, however long it has been unpublished', () => {
  const zk = probe();
  const gone: NameAnswer = { kind: 'unpublished', addresses: [OTHER], atMs: 0, sinceMs: 0 };
  const names = answers(published(0, POD), published(0, PEER), gone);
  const rows = LEADER.filter(({ remote }) => remote.address !== OTHER);
  for (let nowMs = 0; nowMs <= 300_000; nowMs += 5_000) zk.look(nowMs, rows, { names });
  const { report } = zk.last();
  assert.ok(codes(report).includes('peer-missing'));
  assert.ok(!codes(report).includes('members-unresolved'));
});

test('names of which the DNS says nothing for two minutes are suspected, with its error', () => {
  const zk = probe();
  const names = answers(published(0, POD), published(0, PEER), FAILED);
  for (let nowMs = 0; nowMs <= 125_000; nowMs += 5_000) zk.look(nowMs, LEADER, { names });
  const said = finding(zk.last().report, 'members-unresolved');
  assert.equal(said.certainty, 'suspected');
  assert.deepEqual(said.evidence, ['zk-2.zk: getaddrinfo EAI_AGAIN zk-2.zk']);
});

test('one scan suspects names without an address, and says nothing of names that nobody looked up', () => {
  const ensemble = named(...NAMES);
  const names = answers(published(0, POD), unpublished(0, 0), unpublished(0, 0));
  const report = reportOf(LEADER, { ensemble, podName: 'zk-0' }, { names });
  assert.equal(finding(report, 'members-unresolved').certainty, 'suspected');
  const capture = reportOf(LEADER, { ensemble, podName: 'captured' });
  assert.ok(!codes(capture).includes('members-unresolved'));
  assert.ok(!codes(capture).includes('not-a-member'));
});

test('a pod that its own list does not have is told', () => {
  const zk = run({ ensemble: at(PEER, OTHER, '10.96.9.9'), podName: 'zk-0' });
  assert.ok(!codes(zk.look(0, LEADER)).includes('not-a-member'));
  const said = finding(zk.look(10_000, LEADER), 'not-a-member');
  assert.equal(said.certainty, 'confirmed');
  assert.match(said.summary, new RegExp(`zk-0 \\(${POD}\\)`));
  assert.deepEqual(said.evidence, [PEER, OTHER, '10.96.9.9']);
});

test('a list with a name that may yet be this pod is believed for two minutes', () => {
  const zk = probe({ podName: 'db-7' });
  const names = answers(published(0, OTHER), published(0, PEER), unpublished(0, 0));
  for (let nowMs = 0; nowMs < 120_000; nowMs += 10_000) {
    assert.ok(!codes(zk.look(nowMs, LEADER, { names })).includes('not-a-member'));
  }
  assert.equal(finding(zk.look(120_000, LEADER, { names }), 'not-a-member').certainty, 'suspected');
});

test('a pod that is in its list by name or by address is a member', () => {
  const byName = probe();
  const byAddress = probe({ podName: 'db-7' });
  const names = answers(published(0, POD), published(0, PEER), published(0, OTHER));
  for (let nowMs = 0; nowMs <= 300_000; nowMs += 10_000) {
    for (const zk of [byName, byAddress]) {
      assert.ok(!codes(zk.look(nowMs, LEADER, { names })).includes('not-a-member'));
    }
  }
});

test("a service that is not the pod's own is told at once, whatever DNS says", () => {
  const names = new Map(
    NAMES.map((name, at) => [name, published(0, [POD, PEER, OTHER][at] ?? '')]),
  );
  const judged = (name: string, identity: PodIdentity) =>
    reportOf(
      LEADER,
      { ensemble: named(...NAMES), podName: 'zk-0', identity, service: { from: 'option', name } },
      { names },
    );
  const said = finding(judged('zok', IDENTITY), 'service-mismatch');
  assert.equal(said.certainty, 'confirmed');
  assert.match(said.remedy, /--service=zk\b/);
  assert.deepEqual(said.evidence, ['/etc/hosts: zk-0.zk.data.svc.cluster.local', '--service: zok']);
  for (const own of ['zk', 'zk.data', 'zk.data.svc.cluster.local']) {
    assert.ok(!codes(judged(own, IDENTITY)).includes('service-mismatch'));
  }
  assert.ok(!codes(judged('zok', { kind: 'unknown' })).includes('service-mismatch'));
});

test('a stranger on the election port of a member without a list is none of its business', () => {
  const rows = [...LEADER, row(`${POD}:3888`, '10.99.9.9:4711')];
  const report = reportOf(rows, { ensemble: { kind: 'size', voters: 3, observers: 0 } });
  assert.ok(!codes(report).includes('not-a-member'));
});
