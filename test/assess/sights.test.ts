import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeReport } from '../../src/assess/ensemble/ensemble.ts';
import { rememberSights } from '../../src/assess/ensemble/sights.ts';
import type { AskedPeers } from '../../src/model/asked.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import type { MemberRole, Report } from '../../src/model/report.ts';
import { PEERS, POD } from '../links/rows.ts';
import { at, codes, type Run, run } from './judging.ts';
import { LEADER, LEARNER } from './zookeeper-rows.ts';

const [PEER, OTHER] = PEERS;
const REFUSED: PeerAnswer = { kind: 'refused', reason: 'ECONNREFUSED' };

/** A peer's probe: it scans every five seconds and when its role changes, and serves its last report. */
interface PeerProbe {
  readonly name: string;
  readonly roleAt: (nowMs: number) => MemberRole;
  /** It makes no report after this, and serves the last one for as long as it is let. */
  readonly stopsMs?: number;
  readonly endsMs?: number;
}

/** Puts questions to the peers each second, and looks four times a second, as the agent does. */
function watch(zk: Run, peers: readonly PeerProbe[], rows: (nowMs: number) => typeof LEADER) {
  const own = run({ ensemble: at(POD, ...PEERS) }).look(0, LEARNER);
  const seen: { readonly atMs: number; readonly codes: readonly string[] }[] = [];
  let asked: AskedPeers = { answers: new Map(), history: new Map(), sights: new Map() };
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 250) {
    if (nowMs % 1_000 === 0) {
      const answers = new Map(peers.map((peer) => [peer.name, answerOf(peer, own, nowMs)]));
      const sights = rememberSights(asked.sights, answers, nowMs, nowMs + 100);
      asked = { answers, history: new Map(), sights };
    }
    const report = zk.look(nowMs, rows(nowMs), {
      asked: { peers: { answer: asked, atMs: nowMs } },
    });
    seen.push({ atMs: nowMs, codes: codes(report) });
  }
  return (code: string) => seen.filter((one) => one.codes.includes(code)).map(({ atMs }) => atMs);
}

function answerOf(peer: PeerProbe, own: Report, nowMs: number): PeerAnswer {
  if (nowMs >= (peer.endsMs ?? Number.POSITIVE_INFINITY)) return REFUSED;
  let madeMs = 0;
  for (let scanMs = 0; scanMs <= Math.min(nowMs, peer.stopsMs ?? nowMs); scanMs += 250) {
    const changed = peer.roleAt(scanMs) !== peer.roleAt(madeMs);
    if (changed || scanMs - madeMs >= 5_000) madeMs = scanMs;
  }
  const others = [POD, ...PEERS].filter((name) => name !== peer.name);
  const report = {
    ...own,
    at: new Date(madeMs).toISOString(),
    member: { name: peer.name, addresses: [peer.name] },
    role: peer.roleAt(madeMs),
    inQuorum: true,
    peers: others.map((name) => ({
      name,
      addresses: [name],
      status: 'linked' as const,
      reach: 'unknown' as const,
      vitals: null,
    })),
  };
  return { kind: 'answered', rttMs: 1, report: wholeReport(report) };
}

function member(): Run {
  return run({ ensemble: at(POD, ...PEERS) });
}

const FOLLOWS: PeerProbe['roleAt'] = () => 'learner';
const LEADS: PeerProbe['roleAt'] = () => 'leader';

test('a rolling restart shows no second leader: the old one serves its last report while it is stopped', () => {
  // The old leader is deleted at 20 s; this member is elected, and another one then takes over from it.
  for (const electedMs of [20_250, 20_500, 21_000, 22_000, 24_000]) {
    const old: PeerProbe = { name: PEER, roleAt: LEADS, stopsMs: 20_000, endsMs: 26_000 };
    const other: PeerProbe = { name: OTHER, roleAt: FOLLOWS };
    const found = watch(member(), [old, other], (nowMs) => (nowMs < electedMs ? LEARNER : LEADER));
    assert.deepEqual(found('duplicate-leader'), []);
  }
});

test('nor does it to a third member, which hears the old leader and the new one', () => {
  for (const electedMs of [20_250, 20_500, 21_000, 22_000, 24_000]) {
    const old: PeerProbe = { name: PEER, roleAt: LEADS, stopsMs: 20_000, endsMs: 26_000 };
    const other: PeerProbe = {
      name: OTHER,
      roleAt: (nowMs) => (nowMs < electedMs ? 'learner' : 'leader'),
    };
    const found = watch(member(), [old, other], () => LEARNER);
    assert.deepEqual(found('duplicate-leader'), []);
  }
});

test('a member that leads, restarts and follows again is no second leader', () => {
  const back: PeerProbe = {
    name: PEER,
    roleAt: (nowMs) => (nowMs < 20_000 ? 'leader' : nowMs < 30_000 ? 'looking' : 'learner'),
  };
  const found = watch(member(), [back], (nowMs) => (nowMs < 22_000 ? LEARNER : LEADER));
  assert.deepEqual(found('duplicate-leader'), []);
});

test('a leader that goes on beside this one is found within two of its scans', () => {
  const found = watch(member(), [{ name: PEER, roleAt: LEADS }], (nowMs) =>
    nowMs < 20_000 ? LEARNER : LEADER,
  );
  const [first = Number.POSITIVE_INFINITY] = found('duplicate-leader');
  assert.ok(first > 20_000 && first <= 32_000, `${first}`);
  assert.equal(found('duplicate-leader').at(-1), 60_000);
});

test('two other members that both go on leading are found as well', () => {
  const probes: readonly PeerProbe[] = [
    { name: PEER, roleAt: LEADS },
    { name: OTHER, roleAt: (nowMs) => (nowMs < 20_000 ? 'learner' : 'leader') },
  ];
  const [first = Number.POSITIVE_INFINITY] = watch(
    member(),
    probes,
    () => LEARNER,
  )('duplicate-leader');
  assert.ok(first > 20_000 && first <= 35_000, `${first}`);
});

test('a list of members is compared with reports that are younger than it', () => {
  const other: PeerProbe = { name: OTHER, roleAt: FOLLOWS };
  const zk = run({ ensemble: at(POD, ...PEERS, '10.96.9.9') });
  const found = watch(zk, [other], () => LEARNER);
  const [first = Number.POSITIVE_INFINITY] = found('member-list-mismatch');
  assert.ok(first >= 5_000 && first <= 12_000, `${first}`);
  const stopped: PeerProbe = { name: OTHER, roleAt: FOLLOWS, stopsMs: 0 };
  assert.deepEqual(watch(zk, [stopped], () => LEARNER)('member-list-mismatch'), []);
});

test('one scan has no report whose age is known', () => {
  const zk = run({ ensemble: at(POD, ...PEERS), persistMs: 0, settleMs: 0 });
  const answers = new Map([[PEER, answerOf({ name: PEER, roleAt: LEADS }, zk.look(0, LEADER), 0)]]);
  const sights = rememberSights(undefined, answers, 0, 100);
  const asked = { peers: { answer: { answers, history: new Map(), sights }, atMs: 100 } };
  const report = run({ persistMs: 0, settleMs: 0 }).look(0, LEADER, { asked });
  assert.ok(!codes(report).includes('duplicate-leader'));
});
