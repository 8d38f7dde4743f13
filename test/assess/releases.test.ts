import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import { rememberSights } from '../../src/assess/ensemble/sights.ts';
import { ensembleFindings } from '../../src/assess/findings/ensemble.ts';
import { judgeIsolation, NEW_PEER, rememberAnswer } from '../../src/assess/quorum/isolation.ts';
import { ensembleTable } from '../../src/commands/ensemble-table.ts';
import { readMemberReport } from '../../src/evidence/member-report.ts';
import type { EnsembleView } from '../../src/model/ensemble.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { capturedReports, documentOf, PODS } from './captured-ensemble.ts';

/** Asked a second apart: the peers' second reports were certainly made after this member's own standing. */
const ASKED_MS = 60_000;

/** As the probe that asks would take a peer's answer. */
function answerWith(value: unknown): PeerAnswer {
  const read = readMemberReport(value);
  if (read.kind === 'report') return { kind: 'answered', rttMs: 1, report: read.report };
  if (read.kind === 'none') return { kind: 'invalid', reason: 'no report' };
  return { kind: 'not-understood', rttMs: 1, reason: 'another release' };
}

/** The view and the findings of a member whose peers gave these reports, young enough to count. */
function together(own: Report, peers: ReadonlyMap<string, unknown>) {
  const at = (second: number) =>
    new Map(
      [...peers].map(([name, value]) => [
        name,
        answerWith(
          typeof value === 'object' && value !== null && 'at' in value
            ? { ...value, at: `2026-01-01T00:00:0${second}.000Z` }
            : value,
        ),
      ]),
    );
  const first = rememberSights(undefined, at(1), ASKED_MS, ASKED_MS);
  const answers = at(2);
  const sights = rememberSights(first, answers, ASKED_MS + 1_000, ASKED_MS + 1_000);
  const view = viewEnsemble({ own, answers, profile: zookeeper, observers: new Set() });
  const codes = ensembleFindings(
    view,
    { roleSinceMs: 0, listSinceMs: 0, sights },
    zookeeper.advice,
  ).map(({ code }) => code);
  return { view, codes };
}

function older(): Report[] {
  const file = new URL('../fixtures/reports/older-release.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

const peersOf = (reports: readonly unknown[]) =>
  new Map(reports.map((report, index) => [PODS[index + 1] ?? '', report]));
const sightsOf = (view: EnsembleView) => view.links.map(({ role, sight }) => `${role} ${sight}`);

test('peers of the release before are seen as those of this one', async () => {
  const [own, ...now] = await capturedReports('none-basic/healthy');
  assert.ok(own);
  const before = together(own, peersOf(older().slice(1)));
  const same = together(own, peersOf(now));
  assert.deepEqual(before.codes, []);
  assert.deepEqual(before.view, same.view);
});

test('a peer of a newer release is read as far as it is understood, and what it leaves out is unknown', async () => {
  const [own, learner, leader] = await capturedReports('none-basic/healthy');
  assert.ok(own && learner && leader);
  const newer = {
    ...{ schemaVersion: 2, at: learner.at, member: { id: 'x', name: 'pod' }, role: 'witness' },
    ...{ inQuorum: 'yes', ready: true, verdict: 'healthy', standing: { kind: 'learner' } },
    links: [],
    peers: [{ name: 'somebody', weight: 2 }],
  };
  const { view, codes } = together(own, peersOf([newer, leader]));
  assert.deepEqual(codes, []);
  assert.deepEqual(view.mismatches, []);
  assert.deepEqual(view.leaders, ['10.96.7.10']);
  const member = view.members.find(({ name }) => name === '10.96.6.11');
  assert.deepEqual(member?.report, {
    ...{ schema: 'other', role: 'unknown', inQuorum: null, ready: true, verdict: 'healthy' },
    ...{ votes: null, size: null },
  });
  assert.ok(sightsOf(view).includes('election unknown,up'));
  assert.ok(view.links.every(({ oneSided }) => !oneSided));
  const answers = new Map(
    [...peersOf([newer, leader])].map(([name, one]) => [name, answerWith(one)]),
  );
  const document = documentOf({ own, answers, profile: zookeeper, observers: new Set() });
  const text = ensembleTable(document, { colour: false, width: 100, isStrict: true, nowMs: 0 });
  assert.match(text, /^10\.96\.6\.11: its probe is of another release; /m);
});

test('a leader in the words of another release is no second one', async () => {
  const [, learner, own] = await capturedReports('none-basic/healthy');
  assert.ok(own && learner);
  const leading = { ...learner, role: 'leader', inQuorum: true } as const;
  const peers = (schemaVersion: number) => new Map([['10.96.6.11', { ...leading, schemaVersion }]]);
  assert.deepEqual(together(own, peers(1)).codes, ['duplicate-leader']);
  const { view, codes } = together(own, peers(2));
  assert.deepEqual(codes, []);
  assert.deepEqual(view.leaders, ['pod']);
});

test('a leader in the words of another release is one where nobody else leads', async () => {
  const [own, , leader] = await capturedReports('none-basic/healthy');
  assert.ok(own && leader);
  const { view } = together(own, new Map([['10.96.7.10', { ...leader, schemaVersion: 2 }]]));
  assert.deepEqual(view.leaders, ['10.96.7.10']);
});

test('without the time of its report, a peer contradicts nothing', async () => {
  const [, learner, own] = await capturedReports('none-basic/healthy');
  assert.ok(own && learner);
  const { at: _, ...timeless } = { ...learner, role: 'leader', inQuorum: true };
  assert.deepEqual(together(own, new Map([['10.96.6.11', timeless]])).codes, []);
});

test('a report of which nothing is understood proves the network, and nothing else', async () => {
  const [own] = await capturedReports('none-basic/healthy');
  assert.ok(own);
  const { view, codes } = together(own, new Map([['10.96.7.10', { schemaVersion: 7 }]]));
  assert.deepEqual(codes, []);
  const member = view.members.find(({ name }) => name === '10.96.7.10');
  assert.deepEqual([member?.probe, member?.rttMs, member?.report], ['not-understood', 1, null]);
  const answer = answerWith({ schemaVersion: 7 });
  const timeout: PeerAnswer = { kind: 'timeout', reason: 'no answer' };
  const after = (...answers: readonly PeerAnswer[]) => {
    const memory = answers.reduce(
      (one, next, at) => rememberAnswer(one, next, at * 1000),
      NEW_PEER,
    );
    return judgeIsolation(new Map([['a', memory]]), answers.length * 1000, 'hub', null).kind;
  };
  assert.equal(after(timeout, timeout, answer, answer), 'connected');
  assert.equal(after(answer, timeout, answer, timeout), 'connected');
  assert.equal(after(answer, timeout, timeout), 'isolated');
});

test('whatever a peer of another schema version reports, no finding rests on it', async () => {
  const [, learner, own] = await capturedReports('none-basic/healthy');
  assert.ok(own && learner);
  const changes = fc.dictionary(
    fc.constantFrom(...Object.keys(learner)),
    fc.oneof(fc.jsonValue(), fc.constantFrom('leader', 'healthy', [], [{ name: 'x' }])),
  );
  fc.assert(
    fc.property(changes, fc.integer({ min: 2, max: 9 }), (changed, schemaVersion) => {
      const report = { ...learner, ...changed, at: learner.at, schemaVersion };
      const { view, codes } = together(own, new Map([['10.96.6.11', report]]));
      assert.deepEqual(codes, []);
      assert.deepEqual(view.mismatches, []);
      assert.deepEqual(view.leaders, ['pod']);
      assert.ok(view.links.every(({ oneSided }) => !oneSided));
    }),
  );
});
