import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerMemory } from '../../src/model/asked.ts';
import type { Report } from '../../src/model/report.ts';
import { peers, SERVING, silent, srvr } from './asked-evidence.ts';
import { answered } from './captured-ensemble.ts';
import { AGENT, codes, held, lastReport, ONE_LOOK, reports, type Step } from './judging.ts';
import { LEADER, LEARNER, LOOKING, PEER } from './zookeeper-rows.ts';

const failing = ({ checks }: Report): string[] =>
  checks.filter(({ status }) => status === 'fail').map(({ name }) => name);

for (const [role, rows] of [
  ['leader', LEADER],
  ['learner', LEARNER],
] as const) {
  const ready = held(rows, 10);
  const after = (history: readonly PeerMemory[]): Report =>
    lastReport([...ready, { rows, atMs: 11_000, asked: peers(history) }]);

  test(`a ${role} that most of its peers let time out is not ready, and the cause is its cut network`, () => {
    assert.equal(lastReport(ready).ready, true);
    const report = after([silent(10_000, 2), silent(10_000, 2)]);
    assert.equal(report.ready, false);
    assert.equal(report.inQuorum, false);
    assert.equal(report.verdict, 'broken');
    assert.equal(report.role, role);
    assert.equal(report.findings[0]?.code, 'isolated');
    assert.ok(!codes(report).includes('no-quorum'), 'the links are whole');
    assert.deepEqual(failing(report), ['majority']);
  });

  test(`a ${role} stays ready when less than that is silent, or was heard too long ago`, () => {
    const quiet = silent(10_000, 2);
    const connected: readonly (readonly PeerMemory[])[] = [
      [quiet, silent(10_000, 0)],
      [quiet, silent(10_000, 1)],
      [quiet, silent(null, 9)],
      [silent(null, 9), silent(null, 9)],
      [quiet, silent(-19_001, 30)],
    ];
    for (const history of connected) {
      const report = after(history);
      assert.equal(report.ready, true, JSON.stringify(history));
      assert.ok(!codes(report).includes('isolated'));
    }
  });
}

test('who was cut off and is back settles anew', () => {
  const cut = { rows: LEARNER, asked: peers([silent(9_000, 2), silent(9_000, 2)]) };
  const all = reports([
    ...held(LEARNER, 10),
    { ...cut, atMs: 11_000 },
    { rows: LEARNER, atMs: 12_000 },
    { rows: LEARNER, atMs: 16_999 },
    { rows: LEARNER, atMs: 17_000 },
  ]);
  assert.deepEqual(
    all.slice(10).map((report) => report.ready),
    [true, false, false, false, true],
  );
});

test('a closed client port is told as that, never as a broken link with the leader', () => {
  const rows = LEARNER.filter(({ local }) => local.port !== 2181);
  const report = lastReport(held(rows, 10));
  assert.equal(report.ready, false);
  assert.deepEqual(codes(report), ['client-port-closed', 'keepalive-off']);
});

test('the server saying that it serves gives readiness before the time to settle', () => {
  const joined = [
    { rows: LOOKING, atMs: 0 },
    { rows: LEARNER, atMs: 1_000 },
    { rows: LEARNER, atMs: 1_200 },
  ];
  assert.equal(lastReport(joined).ready, false);
  const said = { rows: LEARNER, atMs: 1_400, asked: srvr(SERVING, 1_300) };
  assert.equal(lastReport([...joined, said]).ready, true);
});

test('what the server said before the member joined gives nothing', () => {
  const report = lastReport([
    { rows: LOOKING, atMs: 0 },
    { rows: LEARNER, atMs: 1_000 },
    { rows: LEARNER, atMs: 1_200 },
    { rows: LEARNER, atMs: 1_400, asked: srvr(SERVING, 1_100) },
  ]);
  assert.equal(report.inQuorum, true);
  assert.equal(report.ready, false);
});

test('the server saying that it does not serve holds readiness back, as long as its word is fresh', () => {
  const steps: Step[] = Array.from({ length: 20 }, (_, second) => ({
    rows: LEARNER,
    atMs: second * 1_000,
    asked: srvr({ kind: 'not-serving' }, second * 1_000),
  }));
  assert.ok(reports(steps).every(({ ready }) => !ready));
  const stale = { rows: LEARNER, asked: srvr({ kind: 'not-serving' }, 19_000) };
  const late = [
    { ...stale, atMs: 29_000 },
    { ...stale, atMs: 29_001 },
  ];
  assert.deepEqual(
    reports([...steps, ...late])
      .slice(-2)
      .map(({ ready }) => ready),
    [false, true],
  );
});

test('once given, readiness is not taken by the server alone: that is a finding', () => {
  const steps = [
    ...held(LEARNER, 10),
    ...held(LEARNER, 20, { asked: srvr({ kind: 'not-serving' }, 11_000) }).map((step, at) => ({
      ...step,
      atMs: 11_000 + at * 1_000,
    })),
  ];
  const all = reports(steps);
  assert.equal(all.at(-1)?.ready, true);
  assert.equal(all.at(-1)?.verdict, 'degraded');
  const first = all.findIndex((report) => codes(report).includes('srvr-disagrees'));
  assert.equal(steps[first]?.atMs, 26_000);
});

for (const [title, rows, answer, since] of [
  [
    'a follower by its sockets and a leader by its word',
    LEARNER,
    { ...SERVING, mode: 'leader' },
    0,
  ],
  ['looking by its sockets and a follower by its word', LOOKING, SERVING, 0],
  // The link with the leader counts from the second look on.
  [
    'in quorum by its sockets and dumb',
    LEARNER,
    { kind: 'failed', reason: 'timeout', detail: '' },
    1,
  ],
] as const) {
  test(`${title}: a finding after 15 s, at once for one look`, () => {
    const asked = srvr(answer, 0);
    const all = reports(held(rows, 17, { asked }));
    const first = all.findIndex((report) => codes(report).includes('srvr-disagrees'));
    assert.equal(first, since + 15);
    assert.ok(codes(lastReport([{ rows, asked }], ONE_LOOK)).includes('srvr-disagrees'));
  });
}

for (const [title, rows, answer] of [
  ['an observer is a learner', LEARNER, { ...SERVING, mode: 'observer' }],
  ['a leader is one', LEADER, { ...SERVING, mode: 'leader' }],
  ['a server without a quorum serves nobody', LOOKING, { kind: 'not-serving' }],
  ['a server without a quorum may serve readers', LOOKING, { ...SERVING, mode: 'read-only' }],
  ['srvr may not be whitelisted', LEARNER, { kind: 'not-whitelisted' }],
  [
    'the client port may be another',
    LEARNER,
    { kind: 'failed', reason: 'refused', detail: 'ECONNREFUSED' },
  ],
] as const) {
  test(`${title}, which is no disagreement`, () => {
    const report = lastReport(held(rows, 40, { asked: srvr(answer, 0) }));
    assert.ok(!codes(report).includes('srvr-disagrees'));
  });
}

test('two leaders and another list of members are found through the peers that answer', () => {
  const own = lastReport([{ rows: LEADER }], ONE_LOOK);
  const second = {
    ...own,
    member: { name: 'zk-1', addresses: [PEER] },
    peers: [
      ...own.peers.filter(({ name }) => name !== PEER),
      {
        name: '10.96.8.10',
        addresses: ['10.96.8.10'],
        status: 'linked' as const,
        reach: 'unknown' as const,
        vitals: null,
      },
      {
        name: '10.96.9.9',
        addresses: ['10.96.9.9'],
        status: 'missing' as const,
        reach: 'unknown' as const,
        vitals: null,
      },
    ],
  };
  const asked = peers([silent(0, 0)], new Map([[PEER, answered(second)]]));
  const report = lastReport([...held(LEADER, 10), { rows: LEADER, atMs: 11_000, asked }]);
  assert.deepEqual(codes(report), ['duplicate-leader', 'member-list-mismatch', 'keepalive-off']);
  assert.match(report.findings[0]?.summary ?? '', /^10\.96\.6\.11 and pod lead .* a majority\.$/);
  assert.deepEqual(report.findings[1]?.evidence, [
    '10.96.6.11: lists 10.96.9.9, which is not listed here;',
  ]);
  assert.equal(report.ready, true);
  assert.equal(report.verdict, 'degraded');
});

test('no answer of a source makes a verdict better than the sockets do', () => {
  const serving = srvr(SERVING, 0);
  assert.equal(lastReport(held(LOOKING, 20, { asked: serving })).ready, false);
  assert.equal(lastReport(held(LOOKING, 20, { asked: serving })).verdict, 'broken');
  const unread = { table: null, asked: serving };
  assert.equal(lastReport(held(LEARNER, 20, unread), AGENT).verdict, 'unknown');
});
