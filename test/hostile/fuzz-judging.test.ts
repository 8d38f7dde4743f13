import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import { checkNames } from '../../src/assess/report/checks.ts';
import { exposition } from '../../src/http/metrics/exposition.ts';
import { METRICS } from '../../src/http/metrics/table.ts';
import { renderPage } from '../../src/http/page/render.ts';
import { NO_TIMELINE } from '../../src/http/page/timeline.ts';
import type { PeerAnswer, SrvrAnswer } from '../../src/model/evidence.ts';
import type { NameAnswer } from '../../src/model/names.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Ensemble } from '../../src/model/settings.ts';
import { REACHES } from '../../src/model/vocabulary.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { peers, SERVING, silent, srvr } from '../assess/asked-evidence.ts';
import { at, named, ofSize, run } from '../assess/judging.ts';
import { published, unpublished } from '../assess/observation.ts';
import { parseExposition } from '../http/metrics/parse.ts';
import { HOSTILE } from '../http/page/hostile.ts';
import { NOW_MS } from '../http/page/states.ts';
import { BUILD, TOTALS } from '../http/sample-report.ts';
import { PEERS as PEER_NAMES, POD } from '../links/rows.ts';
import { ADDRESSES, anyRows } from './any-rows.ts';
import { iterations } from './iterations.ts';

/** Of three members, that is two others; a further one has nine more. */
const MOST_SERIES = 300;
const MORE_SERIES = 9;
const NAMES = ['zk-0.zk', 'zk-1.zk', `zk-2.${'x'.repeat(200)}`, HOSTILE] as const;

const address = fc.constantFrom(POD, ...ADDRESSES);
const ensemble: fc.Arbitrary<Ensemble> = fc.oneof(
  fc.uniqueArray(address, { minLength: 1 }).map((some) => at(...some)),
  fc
    .uniqueArray(fc.constantFrom(...NAMES, '*zk-3.zk'), { minLength: 1 })
    .map((some) => named(...some)),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.nat(2))
    .map(([size, observers]) => ofSize(size, observers)),
  fc.constant<Ensemble>({ kind: 'unset' }),
);

const nameAnswer = (nowMs: number): fc.Arbitrary<NameAnswer> =>
  fc.oneof(
    fc.array(address, { maxLength: 3 }).map((some) => published(nowMs, ...some)),
    fc.constant(unpublished(nowMs, nowMs - 40_000)),
    fc.constant<NameAnswer>({ kind: 'failed', addresses: [], atMs: nowMs, reason: HOSTILE }),
  );

const server: fc.Arbitrary<SrvrAnswer> = fc.oneof(
  fc.constantFrom<SrvrAnswer>(
    { kind: 'not-serving' },
    { kind: 'not-whitelisted' },
    { kind: 'failed', reason: 'timeout', detail: HOSTILE },
  ),
  fc
    .constantFrom(
      'leader' as const,
      'follower' as const,
      'standalone' as const,
      'read-only' as const,
    )
    .map((mode): SrvrAnswer => ({ ...SERVING, mode })),
);

const peerAnswer: fc.Arbitrary<PeerAnswer> = fc.oneof(
  fc.constantFrom<PeerAnswer>(
    { kind: 'timeout', reason: HOSTILE },
    { kind: 'refused', reason: HOSTILE },
    { kind: 'not-understood', rttMs: 1, reason: HOSTILE },
  ),
  fc
    .record({
      member: address,
      role: fc.constantFrom('leader' as const, 'learner' as const, 'looking' as const),
      inQuorum: fc.constantFrom(true, false, null),
      peer: fc.option(address),
      schema: fc.constantFrom('same' as const, 'other' as const),
      state: fc.constantFrom('up' as const, 'unknown' as const),
      isWhole: fc.boolean(),
      reach: fc.constantFrom(...REACHES, null),
    })
    .map(
      ({ member, role, inQuorum, peer, schema, state, isWhole, reach }): PeerAnswer => ({
        kind: 'answered',
        rttMs: 1,
        report: {
          schema,
          at: new Date(NOW_MS).toISOString(),
          member: { name: HOSTILE, addresses: [member] },
          role,
          inQuorum,
          ready: inQuorum === true,
          verdict: 'healthy',
          stopping: null,
          quorum: { size: 3, votes: 3 },
          links: { entries: [{ role: 'quorum', peer, state }], isWhole },
          peers: { entries: [{ name: HOSTILE, addresses: [member], reach }], isWhole },
        },
      }),
    ),
);

interface Campaign {
  readonly profile: Profile;
  readonly report: Report;
}

/** Some scans one after the other; every report goes to `check`. */
function campaign(profile: Profile, runs: number, check: (campaign: Campaign) => void): void {
  const step = fc.record({
    rows: anyRows(profile, 14),
    afterMs: fc.constantFrom(200, 1_000, 5_000, 15_000),
    name: fc.constantFrom(...NAMES),
    answer: nameAnswer(0),
    srvr: fc.option(server),
    peer: fc.option(peerAnswer),
    timeouts: fc.nat(3),
    knowsPod: fc.boolean(),
  });
  const settings = fc.record({
    ensemble,
    podName: fc.constantFrom(POD, 'zk-0', HOSTILE),
    mesh: fc.constantFrom(
      'auto' as const,
      'none' as const,
      'istio-sidecar' as const,
      'linkerd' as const,
    ),
    settleMs: fc.constantFrom(0, 5_000),
    persistMs: fc.constantFrom(0, 10_000),
    bootstrap: fc.boolean(),
  });
  fc.assert(
    fc.property(settings, fc.array(step, { minLength: 1, maxLength: 7 }), (given, steps) => {
      const scans = run({ ...given, profile });
      let nowMs = 100_000;
      const names = new Map<string, NameAnswer>();
      for (const { rows, afterMs, name, answer, peer, timeouts, knowsPod, ...asked } of steps) {
        nowMs += afterMs;
        names.set(name, { ...answer, atMs: nowMs });
        const answers = new Map(peer === null ? [] : [[PEER_NAMES[0], peer]]);
        const report = scans.look(nowMs, rows, {
          names: new Map(names),
          podAddresses: knowsPod ? [POD] : null,
          asked: {
            ...(asked.srvr === null ? {} : srvr(asked.srvr, nowMs - 500)),
            ...peers([silent(nowMs - 2_000, timeouts), silent(null, timeouts)], answers),
          },
        });
        check({ profile, report });
      }
    }),
    iterations(runs),
  );
}

function assertConsistent({ report }: Campaign): void {
  const { ready, bootstrap, inQuorum, verdict } = report;
  if (ready) assert.ok(inQuorum === true || bootstrap, 'ready without a quorum');
  if (verdict === 'healthy') assert.equal(inQuorum, true, 'healthy without a quorum');
  if (ready) assert.ok(verdict !== 'broken' && verdict !== 'unknown', `ready and ${verdict}`);
}

function assertPage({ report, profile }: Campaign): void {
  const page = renderPage({
    nowMs: NOW_MS,
    report,
    profile,
    timeline: NO_TIMELINE,
    probePort: 4888,
    transitions: [],
    ensemble: viewEnsemble({ own: report, answers: null, profile, observers: new Set() }),
    evidence: null,
    runbookUrl: null,
  });
  assert.ok(!page.includes('<img'), 'markup came through');
  for (const control of ['\0', '\u202e'])
    assert.ok(!page.includes(control), 'controls came through');
}

async function assertMetrics({ report, profile }: Campaign): Promise<void> {
  const { render } = exposition(METRICS, () => assert.fail('a metric could not be collected'));
  const text = await render({
    report,
    ready: report.ready,
    totals: TOTALS,
    watched: {
      ports: profile.ports.flatMap(({ ports, role }) => ports.map((port) => ({ port, role }))),
      checks: checkNames(profile),
      peers: [...NAMES],
    },
    build: BUILD,
    process: {
      cpuSeconds: 1,
      residentBytes: 1,
      heapUsedBytes: 1,
      startedAtSeconds: 1,
      eventLoopLagSeconds: 0,
    },
    logLinesDropped: 0,
  });
  const most = MOST_SERIES + (NAMES.length - 2) * MORE_SERIES;
  const { length } = parseExposition(text);
  assert.ok(length <= most, `${length} series`);
}

for (const profile of PROFILES.values()) {
  test(`${profile.name}: whatever a table, names and asked evidence hold, the report is whole and consistent`, () => {
    campaign(profile, 250, (one) => {
      assertConsistent(one);
      // As others receive it.
      reportSchema.parse(JSON.parse(JSON.stringify(one.report)));
    });
  });

  test(`${profile.name}: page and metrics of any report are well-formed`, async () => {
    const some: Campaign[] = [];
    campaign(profile, 40, (one) => {
      assertPage(one);
      some.push(one);
    });
    for (const one of some.slice(0, 40)) await assertMetrics(one);
  });
}
