import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnsembleEvidence } from '../../src/assess/ensemble/ensemble.ts';
import { viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import { reportEnsemble } from '../../src/assess/ensemble/report-ensemble.ts';
import { jointSign, linkSign } from '../../src/model/ensemble.ts';
import { ensembleLine } from '../../src/model/ensemble-report.ts';
import { ensembleDocumentSchema } from '../../src/model/ensemble-schema.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { cassandra } from '../../src/profiles/cassandra.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { leaderReport, lookingReport } from '../http/sample-report.ts';
import { answered, capturedReports, documentOf, evidenceOf, PODS } from './captured-ensemble.ts';

/** The captured members from the view of each of them, with the answers of the others. */
async function everyView(moment: string): Promise<readonly EnsembleEvidence[]> {
  const reports = await capturedReports(moment);
  return reports.map((own) => evidenceOf([own, ...reports.filter((one) => one !== own)]));
}

function lineOf(evidence: EnsembleEvidence): string {
  const document = documentOf(evidence);
  return `${document.verdict}: ${ensembleLine(document, 0)}`;
}

test('a healthy ensemble is whole in the eyes of every member that asks the others', async () => {
  for (const moment of ['none-basic/healthy', 'passthrough-basic/healthy', 'none-ipv4/healthy']) {
    for (const evidence of await everyView(moment)) {
      assert.equal(
        lineOf(evidence),
        'healthy: 3 of 3 voters in quorum; it survives one failure',
        moment,
      );
    }
  }
});

test('a dead follower shows on every page, with what that means for the next failure', async () => {
  for (const moment of ['none-basic/follower-down-3s', 'passthrough-basic/follower-down-3s']) {
    const [, follower, leader] = await everyView(moment);
    for (const evidence of [follower, leader]) {
      assert.ok(evidence);
      assert.equal(
        lineOf(evidence),
        'degraded: 2 of 3 voters in quorum; one more failure loses it; 10.96.8.10 absent',
        moment,
      );
    }
  }
});

test('a dead follower whose probe is gone with it shows all the same', async () => {
  const [dead, follower, leader] = await capturedReports('none-basic/follower-down-3s');
  assert.ok(dead && follower && leader);
  const gone: readonly PeerAnswer[] = [
    { kind: 'timeout', reason: 'no answer' },
    { kind: 'refused', reason: 'refused' },
    { kind: 'not-asked', reason: 'no address' },
  ];
  for (const answer of gone) {
    const answers = new Map([
      [PODS[0], answer],
      [PODS[2], answered(leader)],
    ]);
    const view = viewEnsemble({ ...evidenceOf([follower]), answers });
    const line = lineOf({ ...evidenceOf([follower]), answers });
    assert.match(line, /^degraded: 2 of 3 voters in quorum; .+; 10\.96\.8\.10 absent$/);
    const link = view.links.find(
      ({ role, between }) =>
        role === 'quorum' && between.includes(PODS[0]) && between.includes(PODS[2]),
    );
    assert.equal(link && jointSign(link), 'missing');
    // Red from both ends, although the dead one reports nothing.
    assert.equal(linkSign(view, 'quorum', PODS[0], PODS[2]), 'missing');
    assert.equal(linkSign(view, 'quorum', PODS[2], PODS[0]), 'missing');
  }
});

test('without asking, a follower says what it does not see, and a leader judges by its own links', async () => {
  const [follower, , leader] = await everyView('none-basic/healthy');
  assert.ok(follower && leader);
  assert.equal(
    lineOf({ ...follower, answers: null }),
    'unknown: This member is in the quorum; 10.96.6.11 not seen without --ask peers',
  );
  assert.match(lineOf({ ...leader, answers: null }), /^healthy: 3 of 3 voters in quorum/);
  const [, , without] = await everyView('none-basic/follower-down-3s');
  assert.ok(without);
  assert.match(lineOf({ ...without, answers: null }), /^degraded: 2 of 3 .+ 10\.96\.8\.10 absent$/);
});

test('a quorum that is lost is broken on every page, with where each member stands', async () => {
  for (const evidence of await everyView('none-basic/two-down-12')) {
    assert.match(
      lineOf(evidence),
      /^broken: No quorum: it needs 2 of 3 voters; .+ absent; .+ absent; .+ looking for a leader$/,
    );
  }
});

test('a follower that is cut off is named by its troubled link while both ends still hold it', async () => {
  const [, follower] = await everyView('none-cut-follower/cut-4');
  assert.ok(follower);
  assert.equal(
    lineOf(follower),
    'degraded: 2 of 3 voters in quorum; one more failure loses it; quorum link between 10.96.7.10 and 10.96.8.10 troubled',
  );
});

/** The sample leader of five, `zk-2`, with the answers of its peers. */
function five(own: Report, answers: ReadonlyMap<string, PeerAnswer>): EnsembleEvidence {
  return { own, answers, profile: zookeeper, observers: new Set() };
}

const OTHERS = ['zk-0.zk', 'zk-1.zk', 'zk-3.zk', 'zk-4.zk'];

test('peers that do not answer are no failure where the leader holds their links, and unknown where nobody does', () => {
  const silent: PeerAnswer = { kind: 'timeout', reason: 'no answer' };
  const answers = new Map(OTHERS.map((name) => [name, silent]));
  assert.equal(
    lineOf(five(leaderReport(), answers)),
    'healthy: 5 of 5 voters in quorum; it survives 2 failures',
  );
  assert.equal(
    lineOf(five(lookingReport(), answers)),
    'unknown: No quorum is seen; zk-2 looking for a leader; zk-0, zk-1, zk-3 and zk-4 not seen (no answer from the probe)',
  );
});

test('an observer that is missing does not lower the count of voters', () => {
  const own = leaderReport({
    quorum: { size: 4, majority: 3, votes: 4, margin: 1 },
    links: leaderReport().links.filter(({ peer }) => peer !== 'zk-4.zk'),
  });
  const evidence = { ...five(own, new Map()), observers: new Set(['zk-4.zk']) };
  assert.equal(
    lineOf(evidence),
    'degraded: 4 of 4 voters in quorum; it survives one more failure; zk-4 (observer) absent',
  );
});

test('two leaders at once and another list of members keep an ensemble from being whole', () => {
  const rival = leaderReport({ member: { name: 'zk-0', addresses: [] }, links: [], peers: [] });
  const other = leaderReport({
    role: 'learner',
    member: { name: 'zk-1', addresses: [] },
    peers: [{ name: 'zk-9.zk', addresses: [], status: 'unknown', reach: 'unknown', vitals: null }],
  });
  const document = documentOf(
    five(
      leaderReport(),
      new Map([
        ['zk-0.zk', answered(rival)],
        ['zk-1.zk', answered(other)],
      ]),
    ),
  );
  assert.equal(document.verdict, 'degraded');
  const texts = document.troubles.map(({ text }) => text);
  assert.ok(texts.includes('zk-0 and zk-2 lead at the same time'), texts.join());
  assert.ok(texts.includes('zk-1 has another list of members'), texts.join());
});

test('a system without a majority counts members, and one of full links by its own', () => {
  const member = leaderReport({
    role: 'member',
    quorum: { size: 5, majority: null, votes: null, margin: null },
    links: leaderReport().links.map((link) => ({ ...link, role: 'internode', port: 7000 })),
  });
  const rows = (own: Report, profile: typeof cassandra): string => {
    const view = viewEnsemble({ own, answers: null, profile, observers: new Set() });
    const moment = { nowMs: 0, at: own.at };
    return ensembleLine(
      reportEnsemble(view, profile.quorum, new Map(), moment).ensemble,
      Date.parse(own.at),
    );
  };
  const port = 'port' in cassandra.quorum ? cassandra.quorum.port : '';
  const gossip = { ...member, links: member.links.map((link) => ({ ...link, role: port })) };
  assert.equal(rows(gossip, cassandra), '5 of 5 members in the cluster');
  const peers = leaderReport({
    role: 'member',
    links: leaderReport()
      .links.slice(1)
      .map((link) => ({ ...link, role: 'peer' })),
  });
  assert.equal(
    rows(peers, etcd),
    '4 of 5 voters in quorum; it survives one more failure; zk-0 absent',
  );
});

test('how long a member has been absent is counted from when it was first seen so', async () => {
  const [, evidence] = await everyView('none-basic/follower-down-3s');
  assert.ok(evidence);
  const view = viewEnsemble(evidence);
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const first = reportEnsemble(view, zookeeper.quorum, new Map(), { nowMs: 5_000, at: at(100) });
  const later = reportEnsemble(view, zookeeper.quorum, first.held, { nowMs: 245_000, at: at(340) });
  assert.equal(later.ensemble.troubles[0]?.since, at(100));
  assert.equal(
    ensembleLine(later.ensemble, 352_000),
    '2 of 3 voters in quorum; one more failure loses it; 10.96.8.10 absent for 4 min 12 s',
  );
  const whole = viewEnsemble({ ...evidence, answers: new Map() });
  const gone = reportEnsemble(whole, zookeeper.quorum, later.held, { nowMs: 250_000, at: at(345) });
  assert.ok(![...gone.held.keys()].some((key) => key.startsWith('absent')));
});

test('a probe that cannot see its own member knows nothing of the ensemble', async () => {
  const [own] = await capturedReports('none-basic/healthy');
  assert.ok(own);
  const blind: Report = {
    ...own,
    ...{ role: 'unknown', inQuorum: null, verdict: 'unknown', links: [] },
  };
  assert.match(
    lineOf({ ...evidenceOf([own]), own: blind, answers: null }),
    /^unknown: The state of the ensemble is not known; /,
  );
});

test('what is printed and served keeps to the schema that is shipped', async () => {
  for (const moment of ['none-basic/healthy', 'none-basic/two-down-12', 'none-observer/healthy']) {
    for (const evidence of await everyView(moment)) {
      const document = documentOf(evidence);
      assert.deepEqual(ensembleDocumentSchema.parse(structuredClone(document)), document);
      assert.ok(reportSchema.parse(evidence.own));
    }
  }
});
