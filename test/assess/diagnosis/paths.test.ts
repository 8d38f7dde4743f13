import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutGroups } from '../../../src/assess/diagnosis/groups.ts';
import { type PathEnd, pathsBetween } from '../../../src/assess/diagnosis/paths.ts';
import type { Socket, TcpState } from '../../../src/model/socket.ts';
import { createTableScanner } from '../../../src/proc/tcp-table.ts';

const EMPTY = createTableScanner({
  watched: { counted: [], peer: [], capture: [], markers: [] },
  rowCap: 1,
}).table();

type Row = Partial<Socket> & { readonly from: string; readonly to: string };

function row({ from, to, ...more }: Row): Socket {
  const endpoint = (text: string) => {
    const [address = '', port = '0'] = text.split(':');
    return { address, port: Number(port) };
  };
  return {
    local: endpoint(from),
    remote: endpoint(to),
    state: 'established',
    txQueueBytes: 0,
    rxQueueBytes: 0,
    timer: 'none',
    retransmits: 0,
    unansweredProbes: 0,
    owner: { kind: 'uid', uid: 1000 },
    accepted: true,
    ...more,
  };
}

interface Said {
  readonly first: readonly Row[];
  readonly second: readonly Row[];
  readonly duplicates?: readonly [number, number];
  readonly mesh?: PathEnd['mesh'];
  readonly apartMs?: number;
}

function end(name: string, address: string, said: Said): PathEnd {
  const [before, now] = said.duplicates ?? [0, 0];
  const apartMs = said.apartMs ?? 2_000;
  const read = (rows: readonly Row[], startMs: number, duplicates: number) => ({
    startMs,
    endMs: startMs,
    duplicates,
    table: { ...EMPTY, connections: rows.map(row) },
  });
  return {
    name,
    addresses: [address],
    mesh: said.mesh ?? 'none',
    hostNetwork: false,
    reads: [read(said.first, 0, before), read(said.second, apartMs, now)],
  };
}

const A = '10.0.0.1';
const B = '10.0.0.2';
const there: Row = { from: `${A}:40000`, to: `${B}:2888` };
const back: Row = { from: `${B}:2888`, to: `${A}:40000` };
const again = (one: Row): Row => ({
  ...one,
  txQueueBytes: 50,
  timer: 'retransmit',
  retransmits: 5,
});
const state = (one: Row, name: TcpState): Row => ({ ...one, state: name });

function between(a: Said, b: Said) {
  const [path] = pathsBetween([end('a', A, a), end('b', B, b)]);
  assert.ok(path);
  return path;
}

test('a connection that both ends hold without trouble is one', () => {
  const path = between({ first: [there], second: [there] }, { first: [back], second: [back] });
  assert.equal(path.kind, 'connected');
  assert.equal(between({ first: [], second: [] }, { first: [], second: [] }).kind, 'not-connected');
});

test('a connection is half-open only where one end lacks it in both reads, 2 s apart', () => {
  const none = { first: [], second: [] };
  const held = { first: [there], second: [there] };
  const path = between(held, none);
  assert.equal(path.kind, 'half-open');
  assert.deepEqual(path.evidence, [
    'a: ESTABLISHED 10.0.0.1:40000 10.0.0.2:2888 uid=1000 recv-q=0 send-q=0',
    'b: has no such connection',
  ]);
  // Each of these has another explanation.
  assert.notEqual(between({ first: [], second: [there] }, none).kind, 'half-open');
  assert.notEqual(between(held, { first: [back], second: [] }).kind, 'half-open');
  assert.notEqual(between(held, { first: [], second: [back] }).kind, 'half-open');
  assert.equal(between({ ...held, apartMs: 1_999 }, none).kind, 'unknown');
  assert.equal(between(held, { ...none, apartMs: 1_000 }).kind, 'unknown');
  assert.equal(between({ ...held, mesh: 'istio-sidecar' }, none).kind, 'unknown');
  assert.equal(between(held, { ...none, mesh: 'unknown' }).kind, 'unknown');
});

test('where addresses are translated on the way, rows of two ends are not compared', () => {
  const throughNode: Row = { from: `${B}:2888`, to: '192.168.0.9:31000' };
  const path = between(
    { first: [there], second: [there] },
    { first: [throughNode], second: [throughNode] },
  );
  assert.equal(path.kind, 'unknown');
  assert.match(path.reason, /b has a connection with 192\.168\.0\.9, which no member has/);
});

test('what is unacknowledged here and not received there is lost in that direction', () => {
  const path = between(
    { first: [there], second: [again(there)] },
    { first: [back], second: [back] },
  );
  assert.equal(path.kind, 'one-way');
  assert.deepEqual(path.lost, { from: 'a', to: 'b' });
  assert.equal(path.otherArrives, false);
});

test('where both ends send again, both directions may be lost, unless one end saw repeated data', () => {
  const lossy = { first: [again(there)], second: [again(there)] };
  const back2 = { first: [again(back)], second: [again(back)] };
  assert.equal(between(lossy, back2).kind, 'cut');
  const path = between({ ...lossy, duplicates: [3, 7] }, back2);
  assert.equal(path.kind, 'one-way');
  assert.deepEqual(path.lost, { from: 'a', to: 'b' });
  assert.equal(path.otherArrives, true);
});

test('a request that came in and whose answer does not arrive proves one direction', () => {
  const asked = state({ from: `${B}:50000`, to: `${A}:3888` }, 'syn_sent');
  const answered = state({ from: `${A}:3888`, to: `${B}:50000` }, 'syn_recv');
  const path = between({ first: [], second: [answered] }, { first: [asked], second: [asked] });
  assert.equal(path.kind, 'one-way');
  assert.deepEqual(path.lost, { from: 'a', to: 'b' });
  assert.equal(path.otherArrives, true);
});

test('an attempt of one read alone is none that stays unanswered', () => {
  const asked = state({ from: `${A}:50000`, to: `${B}:3888` }, 'syn_sent');
  const none = { first: [], second: [] };
  assert.equal(between({ first: [], second: [asked] }, none).kind, 'not-connected');
  const path = between({ first: [asked], second: [asked] }, none);
  assert.equal(path.kind, 'one-way');
  assert.deepEqual(path.lost, { from: 'a', to: 'b' });
});

test('a single loss that is made good is no trouble', () => {
  const once: Row = { ...there, txQueueBytes: 50, timer: 'retransmit', retransmits: 1 };
  const path = between({ first: [there], second: [once] }, { first: [back], second: [back] });
  assert.equal(path.kind, 'connected');
});

test('groups are parted by ways that lose packets, and joined by those that are connected or not known', () => {
  const path = (a: string, b: string, kind: 'connected' | 'cut' | 'unknown' | 'not-connected') => ({
    between: [a, b] as const,
    kind,
    lost: null,
    otherArrives: false,
    reason: '',
    evidence: [],
  });
  const cut = cutGroups(
    ['a', 'b', 'c'],
    [path('a', 'b', 'connected'), path('a', 'c', 'cut'), path('b', 'c', 'not-connected')],
  );
  assert.deepEqual(
    cut.map(({ members, others, direction }) => ({ members, others, direction })),
    [{ members: ['c'], others: ['a', 'b'], direction: 'both' }],
  );
  assert.deepEqual(cutGroups(['a', 'b'], [path('a', 'b', 'not-connected')]), []);
  const joined = [path('a', 'b', 'connected'), path('a', 'c', 'cut'), path('b', 'c', 'unknown')];
  assert.deepEqual(cutGroups(['a', 'b', 'c'], joined), []);
});
