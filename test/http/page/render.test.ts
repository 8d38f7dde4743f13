import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewEnsemble } from '../../../src/assess/ensemble/ensemble.ts';
import { renderPage, renderUpdate } from '../../../src/http/page/render.ts';
import type { PageState } from '../../../src/http/page/state.ts';
import { STREAM_LIMITS } from '../../../src/http/page/stream.ts';
import {
  COLUMN_MS,
  NO_TIMELINE,
  rememberStandings,
  STAGES,
} from '../../../src/http/page/timeline.ts';
import type { EnsembleView } from '../../../src/model/ensemble.ts';
import { FINDING_CODES } from '../../../src/model/findings.ts';
import { zookeeper } from '../../../src/profiles/zookeeper.ts';
import { answered } from '../../assess/captured-ensemble.ts';
import { HOSTILE, hostileState } from './hostile.ts';
import { check, finding, leaderOf, link, NOW_MS, pageState, port, STATES } from './states.ts';

const MOST_BYTES = 60 * 1024;

test('every state’s page is one document under 60 KiB that loads nothing', () => {
  for (const [name, state] of Object.entries({
    ...STATES,
    nine: leaderOf(9),
    many: leaderOf(40),
  })) {
    const page = renderPage(state);
    assert.match(page, /^<!doctype html>\n<html lang="en"/, name);
    assert.doesNotMatch(
      page,
      /\b(src|srcset|data|poster)=|<link rel="stylesheet|@import|url\(/i,
      name,
    );
    assert.doesNotMatch(page, /\s(style|on\w+)=/i, `${name}: inline style or handler`);
    assert.ok(Buffer.byteLength(page) < MOST_BYTES, `${name}: ${Buffer.byteLength(page)} bytes`);
  }
});

test('a report with more of everything than fits still makes a page under 60 KiB', () => {
  const nine = leaderOf(9).report;
  const crowded = pageState({
    ...nine,
    findings: FINDING_CODES.map(({ code }) =>
      finding(code, 'critical', {
        evidence: Array(50).fill('ESTAB 0 0 10.0.0.1:1 10.0.0.2:2'),
      }),
    ),
    links: Array.from({ length: 500 }, (_, i) => link('election', 'inbound', i % 9)),
  });
  const bytes = Buffer.byteLength(renderPage(crowded));
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
});

test('nine members that are asked and never stand still make a page of half of what a reader may lag behind', () => {
  const own = leaderOf(9).report;
  const names = [own.member.name, ...own.peers.map(({ name }) => name)];
  let timeline = NO_TIMELINE;
  for (let column = 300; column >= 0; column -= 1) {
    const standings = names.map((name, row) => {
      const stage = STAGES[(column + row) % STAGES.length] ?? 'unknown';
      return [name, { stage, leads: column % 2 === 0 }] as const;
    });
    timeline = rememberStandings(timeline, new Map(standings), NOW_MS - column * COLUMN_MS);
  }
  const answers = new Map(
    own.peers.map(({ name }) => [name, answered({ ...own, role: 'learner' })]),
  );
  const evidence = { own, answers, profile: zookeeper, observers: new Set<string>() };
  const page = renderPage(pageState(own, { ensemble: viewEnsemble(evidence), timeline }));
  assert.ok(
    Buffer.byteLength(page) < STREAM_LIMITS.mostWaitingBytes / 2,
    `${Buffer.byteLength(page)} bytes`,
  );
});

test('no text from outside can become markup', () => {
  const page = renderPage(hostileState);
  assert.ok(!page.includes(HOSTILE));
  assert.doesNotMatch(page, /<img|<\/script>.*<\/script>|alert\(1\)<\/script>/s, 'markup');
  assert.equal(page.match(/<script/g)?.length, 1);
  assert.equal(page.match(/<\/style>/g)?.length, 1);
  assert.doesNotMatch(page, /[\p{Cf}\p{Cs}\r]/u);
  assert.match(page, /\\u\{202e\}/, 'what does not show is spelled out');
});

test('the title tells verdict and member', () => {
  assert.equal(renderUpdate(STATES.leader).title, '✓ healthy · zk-0');
  assert.equal(renderUpdate(STATES.broken).title, '✗ broken · zk-0');
});

test('a finding shows evidence, cause, remedy and its section of the runbook', () => {
  const { findings } = renderUpdate(STATES.broken).sections;
  for (const text of ['STATIC 127.0.0.1', 'quorumListenOnAllIPs=true', 'AttemptFails +14']) {
    assert.ok(findings?.includes(text), text);
  }
  assert.ok(
    findings?.includes('href="https://example.org/quorum-probe/RUNBOOK.md#mesh-loopback-delivery"'),
  );
});

test('the page never says that nothing is wrong when it could not look', () => {
  assert.doesNotMatch(renderPage(STATES.unknown), /Nothing is wrong/);
  assert.match(renderPage(STATES.leader), /Nothing is wrong/);
});

test('a member whose sockets are seen and leave the quorum open is not said to be out of sight', () => {
  const checks = STATES.leader.report.checks.map((one) =>
    one.name === 'majority'
      ? check('majority', 'unknown', 'the size is not known: set members')
      : one,
  );
  const quorum = { size: null, majority: null, votes: 3, margin: null };
  const { verdict, findings } = renderUpdate(
    pageState({ verdict: 'unknown', inQuorum: null, ready: false, checks, quorum }),
  ).sections;
  assert.match(verdict ?? '', /the sockets do not show whether there is a quorum/);
  assert.match(verdict ?? '', /The size is not known: set members\./);
  assert.doesNotMatch(`${verdict}${findings}`, /cannot see the sockets/);
});

test('the padlock stands where mTLS is strict and nowhere else', () => {
  const locks = (state: typeof STATES.mesh) =>
    renderUpdate(state).sections['picture']?.split('class="lock"').length;
  assert.equal(locks(STATES.leader), 1);
  assert.equal(locks(STATES.mesh), 1 + 4, 'two ports, in the wide drawing and in the narrow one');
});

test('of ports that serve one role, only those that listen are drawn', () => {
  const tls = { ...port('client'), port: 2281 };
  const drawn = (first: boolean, second: boolean) => {
    const ports = [
      port('client', first ? {} : { listener: null }),
      second ? tls : { ...tls, listener: null },
    ];
    const { picture } = renderUpdate(pageState({ ports })).sections;
    return [2181, 2281].filter((number) => picture?.includes(`client ${number}`));
  };
  assert.deepEqual(
    [drawn(true, false), drawn(false, true), drawn(true, true), drawn(false, false)],
    [[2181], [2281], [2181, 2281], [2181]],
  );
});

test('more peers than fit are counted, those in trouble drawn first', () => {
  const { report } = leaderOf(12);
  const peers = report.peers.map((peer, i) =>
    i === 10 ? { ...peer, status: 'missing' as const } : peer,
  );
  const { picture } = renderUpdate(pageState({ ...report, peers })).sections;
  assert.match(picture ?? '', /3 more peers not drawn, all linked/);
  assert.match(picture ?? '', /zk-11\.zk-headless[^<]*: missing/);
});

test('the ensemble is shown only when members were asked', () => {
  assert.equal(renderUpdate(STATES.leader).sections['ensemble'], '');
  assert.match(renderUpdate(STATES.asked).sections['ensemble'] ?? '', /election one-sided/);
});

/** The words of a row's cells, as they are read aloud. */
function rowsOf(ensemble: EnsembleView): readonly string[][] {
  const text = renderUpdate(pageState({}, { ensemble })).sections['ensemble'] ?? '';
  return [...text.matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<td.*?<\/td>/gs)].map(([cell]) =>
      [...cell.matchAll(/class="unseen">([^<]*)</g)].map(([, words]) => words?.trim()).join(', '),
    ),
  );
}

test('the matrix shows each role by its own name, and tells what is missing from what is not needed', () => {
  const { ensemble } = STATES.asked;
  assert.ok(ensemble);
  assert.deepEqual(rowsOf(ensemble), [
    [
      'itself',
      'quorum not needed, election one-sided, probe linked',
      'quorum linked, election linked, probe linked',
    ],
    ['quorum not needed, election one-sided', 'itself', 'quorum missing, election troubled'],
    ['quorum linked, election not known', 'quorum missing, election linked', 'itself'],
  ]);
});

test("a system of one role, or of others than a leader's, has its own roles and no more", () => {
  const { ensemble } = STATES.asked;
  assert.ok(ensemble);
  const bus: EnsembleView = {
    ...ensemble,
    roles: ['bus'],
    links: ensemble.links.slice(0, 3).map((link) => ({ ...link, role: 'bus', need: 'needed' })),
  };
  assert.deepEqual(rowsOf(bus)[0], [
    'itself',
    'bus missing, probe linked',
    'bus linked, probe linked',
  ]);
  const text = renderUpdate(pageState({}, { ensemble: bus })).sections['ensemble'] ?? '';
  assert.match(text, /class="legend">bus, probe: /);
  assert.doesNotMatch(text, /election|quorum/);
});

test('a member whose probe gave no report shows how it answered', () => {
  const { ensemble } = STATES.asked;
  assert.ok(ensemble);
  const members = ensemble.members.map((member, at) =>
    at === 1 ? { ...member, probe: 'timeout' as const, report: null, rttMs: null } : member,
  );
  const silent = { ...ensemble, members };
  assert.match(rowsOf(silent)[0]?.[1] ?? '', /probe missing$/);
  const text = renderUpdate(pageState({}, { ensemble: silent })).sections['ensemble'] ?? '';
  assert.match(text, /probe timeout</);
});

test('two equal states render alike, so that nothing is sent for them', () => {
  assert.deepEqual(renderUpdate(STATES.stalled), renderUpdate(structuredClone(STATES.stalled)));
});

test('the state of the ensemble stands above the member’s own, on every page', () => {
  const verdict = (state: PageState) => renderUpdate(state).sections['verdict'] ?? '';
  assert.match(verdict(STATES.leader), /Ensemble healthy<\/strong> 3 of 3 voters in quorum; /);
  assert.match(verdict(STATES.learner), /Ensemble unknown<\/strong> .+ without --ask peers/);
  assert.match(verdict(STATES.asked), /Ensemble degraded<\/strong> /);
});
