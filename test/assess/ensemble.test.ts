import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import type { Moments } from '../../src/assess/ensemble/sights.ts';
import { ensembleFindings, isolationFinding } from '../../src/assess/findings/ensemble.ts';
import { type EnsembleView, linkSign } from '../../src/model/ensemble.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { rabbitmq } from '../../src/profiles/rabbitmq.ts';
import { redisCluster } from '../../src/profiles/redis-cluster.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { blankReport, leaderReport } from '../http/sample-report.ts';
import { answered, capturedReports, capturedView, evidenceOf } from './captured-ensemble.ts';

const captures = new URL('../fixtures/zookeeper/', import.meta.url);
const moments = readdirSync(captures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(new URL(name, captures)).map((moment) => `${name}/${moment}`));

const sights = (view: EnsembleView): string[] =>
  view.links.map(({ role, sight }) => `${role} ${sight.join('/')}`);

test('no captured moment of a real ensemble shows two leaders, a one-sided link or another list', async () => {
  assert.ok(moments.length > 40);
  for (const moment of moments) {
    const view = await capturedView(moment);
    assert.ok(view.leaders.length <= 1, moment);
    assert.deepEqual(view.mismatches, [], moment);
    assert.deepEqual(
      view.links.filter(({ oneSided }) => oneSided),
      [],
      moment,
    );
    assert.deepEqual(ensembleFindings(view, YOUNG, zookeeper.advice), [], moment);
  }
});

test('a healthy ensemble: one leads, both learners are linked with it, all elect with all', async () => {
  const view = await capturedView('none-basic/healthy');
  assert.deepEqual(view.leaders, ['10.96.7.10']);
  assert.deepEqual(sights(view), [
    'quorum up/up',
    'quorum none/none',
    'quorum up/up',
    'election up/up',
    'election up/up',
    'election up/up',
  ]);
});

test('behind a mesh the accepting end cannot tell whose a link is, which is no disagreement', async () => {
  const view = await capturedView('passthrough-basic/healthy');
  assert.ok(sights(view).includes('quorum up/unknown'));
  assert.ok(view.links.every(({ oneSided }) => !oneSided));
});

test('a cut follower is troubled in the eyes of its leader while it still sees its own link up', async () => {
  const view = await capturedView('none-cut-follower/cut-4');
  const link = view.links.find(({ sight }) => sight.includes('troubled'));
  assert.equal(link?.role, 'quorum');
  assert.deepEqual([...link.sight].sort(), ['troubled', 'up']);
});

test('a link that one end alone has is one-sided', async () => {
  const [own, leader, other] = await capturedReports('none-basic/healthy');
  assert.ok(own && leader && other);
  const forgetful = { ...other, links: other.links.filter(({ role }) => role !== 'quorum') };
  const oneSided = viewEnsemble(evidenceOf([own, leader, forgetful])).links.filter(
    (link) => link.oneSided,
  );
  assert.equal(oneSided.length, 2);
  assert.ok(
    oneSided.every(({ role, between }) => role === 'quorum' && between.includes('10.96.7.10')),
  );
});

test('without an answer, or from a probe that could not look, nothing is known of a link', async () => {
  const [own, first, second] = await capturedReports('none-basic/healthy');
  assert.ok(own && first && second);
  const evidence = evidenceOf([own, { ...first, links: [], verdict: 'unknown' }]);
  const view = viewEnsemble(evidence);
  assert.deepEqual(
    view.members.map(({ name, probe, report }) => [name, probe, report?.role ?? null]),
    [
      ['10.96.6.11', 'answered', 'learner'],
      ['10.96.7.10', 'not-asked', null],
      ['pod', 'self', 'learner'],
    ],
  );
  assert.ok(view.links.every(({ oneSided }) => !oneSided));
});

/** The sample leader's ensemble as its member `zk-N` reports it. */
function reportOf(ordinal: number, changes: Partial<Report> = {}): Report {
  const all = [0, 1, 2, 3, 4];
  return leaderReport({
    member: { name: `zk-${ordinal}`, addresses: [`10.96.9.${ordinal}`] },
    role: 'learner',
    peers: all
      .filter((one) => one !== ordinal)
      .map((one) => ({
        name: `zk-${one}.zk`,
        addresses: [],
        status: 'linked',
        reach: 'unknown',
        vitals: null,
      })),
    links: [],
    ...changes,
  });
}

/** Every peer's report is younger than what it is compared with. */
const YOUNG: Moments = {
  roleSinceMs: 0,
  listSinceMs: 0,
  sights: new Map(
    [1, 2, 3, 4].map((one) => [
      `zk-${one}.zk`,
      { at: '', askedMs: 2, madeAfterMs: 1, leadsSinceMs: 0 },
    ]),
  ),
};

function viewFrom(own: Report, ...others: readonly (readonly [string, Report])[]): EnsembleView {
  return viewEnsemble({
    own,
    answers: new Map(others.map(([name, report]) => [name, answered(report)])),
    profile: { ports: zookeeper.ports.filter(({ role }) => role === 'quorum') },
    observers: new Set(),
  });
}

const signs = (view: EnsembleView, role: string): string[] => {
  const names = view.members.map(({ name }) => name);
  return names.flatMap((from, at) =>
    names.slice(at + 1).map((to) => linkSign(view, role, from, to)),
  );
};

/** Three members of a profile without any link, in these roles. */
function apart(profile: Profile, ...roles: readonly Report['role'][]): EnsembleView {
  const [own, ...peers] = roles.map((role, at) =>
    reportOf(at, {
      ...{ role, links: [], profile: profile.name },
      peers: [0, 1, 2]
        .filter((one) => one !== at)
        .map((one) => ({
          name: `zk-${one}.zk`,
          addresses: [],
          status: 'unknown',
          reach: 'unknown',
          vitals: null,
        })),
    }),
  );
  assert.ok(own);
  return viewEnsemble({
    own,
    answers: new Map(peers.map((report, at) => [`zk-${at + 1}.zk`, answered(report)])),
    profile,
    observers: new Set(),
  });
}

test('a link that only the leader needs is missing with the leader alone', () => {
  const led = apart(zookeeper, 'learner', 'leader', 'learner');
  assert.deepEqual(signs(led, 'quorum'), ['missing', 'not-needed', 'missing']);
  assert.deepEqual(signs(led, 'election'), ['not-needed', 'not-needed', 'not-needed']);
  const electing = apart(zookeeper, 'looking', 'looking', 'looking');
  assert.deepEqual(signs(electing, 'quorum'), ['not-needed', 'not-needed', 'not-needed']);
  assert.deepEqual(signs(electing, 'election'), ['missing', 'missing', 'missing']);
});

test('while nobody knows who leads, whether a link is needed is not known', () => {
  const view = apart(zookeeper, 'learner', 'unknown', 'unknown');
  assert.deepEqual(signs(view, 'quorum'), ['unknown', 'unknown', 'unknown']);
});

test('in a system of pairs each pair needs its link, and an exchange of a moment needs none', () => {
  const view = apart(rabbitmq, 'member', 'member', 'member');
  assert.deepEqual(view.roles, ['distribution', 'epmd']);
  assert.deepEqual(signs(view, 'distribution'), ['missing', 'missing', 'missing']);
  assert.deepEqual(signs(view, 'epmd'), ['not-needed', 'not-needed', 'not-needed']);
  assert.deepEqual(apart(redisCluster, 'member', 'member', 'member').roles, ['bus']);
});

test('short names, full names and addresses of one member are one', () => {
  const byAddress = reportOf(1, {
    peers: [0, 2, 3, 4].map((one) => ({
      name: `10.96.9.${one}`,
      addresses: [`10.96.9.${one}`],
      status: 'linked',
      reach: 'unknown',
      vitals: null,
    })),
  });
  const own = reportOf(0, {
    peers: [1, 2, 3, 4].map((one) => ({
      name: `zk-${one}.zk`,
      addresses: [`10.96.9.${one}`],
      status: 'linked',
      reach: 'unknown',
      vitals: null,
    })),
  });
  const view = viewFrom(own, ['zk-1.zk', byAddress], ['zk-2.zk', reportOf(2)]);
  assert.deepEqual(view.mismatches, []);
});

test('a member that knows fewer or other members is named, with the difference', () => {
  const grown = reportOf(1);
  const view = viewFrom(reportOf(0), [
    'zk-1.zk',
    {
      ...grown,
      peers: [
        ...grown.peers.slice(0, 3),
        { name: 'zk-9.zk', addresses: [], status: 'missing', reach: 'unknown', vitals: null },
      ],
    },
  ]);
  assert.deepEqual(view.mismatches, [{ name: 'zk-1.zk', more: ['zk-9.zk'], fewer: ['zk-4.zk'] }]);
  const [finding] = ensembleFindings(view, YOUNG, zookeeper.advice);
  assert.equal(finding?.code, 'member-list-mismatch');
  assert.deepEqual(finding.evidence, [
    'zk-1.zk: lists zk-9.zk, which is not listed here; does not list zk-4.zk;',
  ]);
});

test('members that know the size alone have no list that could differ', () => {
  const view = viewFrom(reportOf(0), ['zk-1.zk', reportOf(1, { peers: [] })]);
  assert.deepEqual(view.mismatches, []);
});

test('two leaders are a finding, confirmed when both claim a majority', () => {
  const leading = { role: 'leader', inQuorum: true } as const;
  const both = viewFrom(reportOf(0, leading), ['zk-1.zk', reportOf(1, leading)]);
  const [confirmed] = ensembleFindings(both, YOUNG, zookeeper.advice);
  assert.equal(confirmed?.code, 'duplicate-leader');
  assert.equal(confirmed.certainty, 'confirmed');
  const cutOff = reportOf(1, { role: 'leader', inQuorum: false });
  const [suspected] = ensembleFindings(
    viewFrom(reportOf(0, leading), ['zk-1.zk', cutOff]),
    YOUNG,
    zookeeper.advice,
  );
  assert.equal(suspected?.certainty, 'suspected');
  assert.match(suspected.summary, /^zk-0 and zk-1\.zk lead at the same time\.$/);
});

test('a report before the first look gives a picture without links', () => {
  const view = viewFrom(blankReport());
  assert.deepEqual(view.leaders, []);
  assert.ok(view.links.every(({ sight }) => sight.every((one) => one === 'unknown')));
});

test('isolation names the silent peers and how long they are', () => {
  const [finding] = isolationFinding(
    { kind: 'isolated', silent: ['zk-0.zk', 'zk-1.zk'], sinceMs: 1000 },
    3500,
    zookeeper.advice,
  );
  assert.equal(finding?.code, 'isolated');
  assert.match(finding.summary, /zk-0\.zk, zk-1\.zk/);
  assert.match(finding.cause, /for 2\.5 s/);
  assert.deepEqual(isolationFinding({ kind: 'connected' }, 0, zookeeper.advice), []);
});

test('findings of the members speak of the settings of their own system', () => {
  const isolated = { kind: 'isolated', silent: ['a'], sinceMs: 0 } as const;
  const remedies = [...PROFILES.values()].map(({ name, advice }) => {
    const leading = { role: 'leader', inQuorum: true } as const;
    const view = viewFrom(reportOf(0, leading), [
      'zk-1.zk',
      reportOf(1, {
        ...leading,
        peers: [
          { name: 'other', addresses: [], status: 'missing', reach: 'unknown', vitals: null },
        ],
      }),
    ]);
    const findings = [
      ...ensembleFindings(view, YOUNG, advice),
      ...isolationFinding(isolated, 1_000, advice),
    ];
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['duplicate-leader', 'member-list-mismatch', 'isolated'],
    );
    return { name, remedy: findings.map(({ remedy }) => remedy).join(' ') };
  });
  for (const { name, remedy } of remedies) {
    assert.equal(/zoo\.cfg|syncLimit|server\.N/.test(remedy), name === 'zookeeper', remedy);
    assert.ok(remedy.includes(PROFILES.get(name)?.advice.memberList ?? '?'), remedy);
    assert.doesNotMatch(remedy, /null|undefined/);
  }
});
