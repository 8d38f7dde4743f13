import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type FoldOptions, fold } from '../../src/links/fold.ts';
import { CAPTURE_PORTS, MARKER_PORTS } from '../../src/links/mesh.ts';
import { NO_HINTS } from '../../src/links/server-owner.ts';
import type { Folded, Link } from '../../src/model/link.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import { watchedPorts } from '../../src/proc/watched.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import {
  APP,
  istioSidecar,
  listens,
  member,
  orphan,
  PEERS,
  POD,
  PROXY,
  row,
  tableOf,
  unanswered,
  withoutUids,
} from './rows.ts';

const [PEER, OTHER] = PEERS;

function folded(
  table: SocketTable | readonly Socket[],
  options: Partial<FoldOptions> = {},
): Folded {
  const whole = 'listeners' in table ? table : tableOf(table);
  return fold(whole, {
    profile: zookeeper,
    podAddresses: [POD],
    mesh: 'auto',
    memberAddresses: null,
    owner: NO_HINTS,
    ...options,
  });
}

/** Links as one line each: direction, port, peer, state, way. */
function lines({ links }: { readonly links: readonly Link[] }): string[] {
  return links.map(
    ({ direction, port, peer, state, path }) => `${direction} ${port} ${peer} ${state} ${path}`,
  );
}

function captured({ capturedPeers }: Folded): string[] {
  return capturedPeers.map(({ address }) => address);
}

/** A table of the rows captured in the namespaces of two pods, 10.96.8.10 (A) and 10.96.8.11 (B). */
function capture(name: string): SocketTable {
  const scanner = createTableScanner({
    watched: watchedPorts(zookeeper, CAPTURE_PORTS, MARKER_PORTS),
    rowCap: 4096,
    littleEndian: true,
  });
  scanner.push(readFileSync(new URL(`../fixtures/rows/${name}.tcp`, import.meta.url)));
  scanner.end();
  return scanner.table();
}

const POD_A = { podAddresses: ['10.96.8.10'] };
const POD_B = { podAddresses: ['10.96.8.11'] };

test('captured, redirected: the dialler has one link, whose state is the upstream row', () => {
  const result = folded(capture('passthrough_ok.podA'), POD_A);
  assert.deepEqual(lines(result), ['outbound 3888 10.96.8.11 up through-proxy']);
  assert.equal(result.mesh.proxyOwner.kind === 'uid' && result.mesh.proxyOwner.uid, 1337);
});

test('captured, redirected: the acceptor has one link of a hidden peer, who shows on the capture port', () => {
  const result = folded(capture('passthrough_ok.podB'), POD_B);
  assert.deepEqual(lines(result), ['inbound 3888 null up through-proxy']);
  assert.equal(result.mesh.inbound, 'passthrough');
  assert.deepEqual(captured(result), ['10.96.8.10']);
  assert.equal(result.links[0]?.unreadBytes, 5);
});

test('captured, peer black-holed: the application believes in a link that is only connecting', () => {
  const [link] = folded(capture('passthrough_peer_blackholed.podA'), POD_A).links;
  assert.equal(link?.state, 'connecting');
  assert.equal(link?.peer, '10.96.8.11');
  assert.deepEqual(
    link?.rows.map(({ state }) => state),
    ['established', 'syn_sent'],
  );
});

test('captured, delivery to loopback: the dialler is left with a closing link, the acceptor with none', () => {
  const [link] = folded(capture('legacy_localhost.podA'), POD_A).links;
  assert.deepEqual([link?.peer, link?.state], ['10.96.8.11', 'closing']);
  assert.deepEqual(lines(folded(capture('legacy_localhost.podB'), POD_B)), []);
});

test('captured, TPROXY: two rows on the election port are one link of a known peer', () => {
  const result = folded(capture('tproxy.podB'), POD_B);
  assert.deepEqual(lines(result), ['inbound 3888 10.96.8.10 up through-proxy']);
  assert.equal(result.mesh.inbound, 'original-source');
  assert.deepEqual(lines(folded(capture('tproxy.podA'), POD_A)), [
    'outbound 3888 10.96.8.11 up direct',
  ]);
});

for (const name of ['passthrough_ok.podA', 'passthrough_ok.podB', 'tproxy.podB']) {
  test(`captured, ${name}: the same links without uids`, () => {
    const pod = name.endsWith('A') ? POD_A : POD_B;
    const table = capture(name);
    assert.deepEqual(lines(folded(withoutUids(table), pod)), lines(folded(table, pod)));
  });
}

test('without a mesh each row is a link, and both directions count', () => {
  const result = folded([
    ...member(POD, 'leader'),
    row(`${POD}:2888`, `${PEER}:40000`),
    row(`${POD}:40001`, `${OTHER}:3888`),
    row(`${POD}:3888`, `${PEER}:40002`),
  ]);
  assert.deepEqual(lines(result), [
    `inbound 2888 ${PEER} up direct`,
    `inbound 3888 ${PEER} up direct`,
    `outbound 3888 ${OTHER} up direct`,
  ]);
  assert.equal(result.mesh.kind, 'none');
});

test('without a mesh a row says itself whether it is connecting, stalled or closing', () => {
  const to = (port: number, changes: Partial<Socket>): Socket =>
    row(`${POD}:${port}`, `${PEER}:3888`, APP, changes);
  const result = folded([
    to(1, { state: 'syn_sent', txQueueBytes: 1, timer: 'retransmit', retransmits: 4 }),
    unanswered(to(2, {}), 2),
    unanswered(to(3, {}), 3),
    to(4, { txQueueBytes: 9, timer: 'window-probe' }),
    to(5, { state: 'close_wait' }),
    orphan(row(`${POD}:3888`, `${PEER}:6`), 'established'),
    orphan(row(`${POD}:3888`, `${PEER}:7`), 'syn_recv'),
  ]);
  const states = result.links.map(({ state, stall }) => `${state} ${stall}`);
  assert.deepEqual(states, [
    'connecting null',
    'connecting null',
    'connecting null',
    'up null',
    'stalled retransmission',
    'stalled zero-window',
    'closing null',
  ]);
});

test('orphans, which their process has let go of, are no links', () => {
  const gone = (['fin_wait1', 'fin_wait2', 'last_ack', 'closing', 'close_wait'] as const).map(
    (state, at) => orphan(row(`${POD}:${at + 1}`, `${PEER}:2888`), state),
  );
  assert.deepEqual(folded(gone).links, []);
});

test("another pod's sockets, where several share a namespace, are not this pod's", () => {
  const result = folded(
    [
      listens('127.0.0.11:3888'),
      listens('127.0.0.12:3888'),
      row('127.0.0.12:2888', '127.0.0.13:5'),
      row('127.0.0.11:6', '127.0.0.12:3888'),
      row('127.0.0.12:3888', '127.0.0.11:6'),
    ],
    { podAddresses: ['127.0.0.11'] },
  );
  assert.deepEqual(lines(result), ['outbound 3888 127.0.0.12 up direct']);
  assert.deepEqual(result.listeners[0]?.addresses, ['127.0.0.11']);
});

const SIDECAR = [...istioSidecar(), ...member(POD, 'leader')];

/** What one dialled link leaves behind Istio's redirection: application, capture port, upstream. */
function dialled(peer: string, port: number, at: number, beyond: Partial<Socket> = {}): Socket[] {
  return [
    row(`${POD}:${at}`, `${peer}:${port}`, APP),
    row('127.0.0.1:15001', `${POD}:${at}`, PROXY),
    row(`${POD}:${at + 1}`, `${peer}:${port}`, PROXY, beyond),
  ];
}

/** What one accepted link leaves behind Istio's redirection: capture port, delivery, application. */
function accepted(peer: string, port: number, at: number): Socket[] {
  return [
    row(`${POD}:15006`, `${peer}:${at}`, PROXY),
    row(`127.0.0.6:${at}`, `${POD}:${port}`, PROXY),
    row(`${POD}:${port}`, `127.0.0.6:${at}`, APP),
  ];
}

test('a dialled link behind a sidecar has the state of the row beyond the proxy', () => {
  const states: readonly (readonly [Partial<Socket>, string])[] = [
    [{}, 'up'],
    [{ state: 'syn_sent' }, 'connecting'],
    [{ txQueueBytes: 7, timer: 'retransmit', retransmits: 3 }, 'stalled'],
    [{ txQueueBytes: 7, timer: 'window-probe' }, 'stalled'],
    [{ state: 'close_wait' }, 'closing'],
  ];
  for (const [beyond, state] of states) {
    const result = folded([...SIDECAR, ...dialled(PEER, 2888, 40_000, beyond)]);
    assert.deepEqual(lines(result), [`outbound 2888 ${PEER} ${state} through-proxy`]);
    assert.equal(result.links[0]?.unackedBytes, beyond.txQueueBytes ?? 0);
  }
});

test('the proxy takes bytes at once: what its application end has not sent on is not the link', () => {
  const rows = [...SIDECAR, ...dialled(PEER, 2888, 40_000)];
  const sending = rows.map((one) =>
    one.local.port === 40_000 ? { ...one, state: 'close_wait' as const, rxQueueBytes: 3 } : one,
  );
  const [link] = folded(sending).links;
  assert.equal(link?.state, 'closing');
  assert.equal(link?.unreadBytes, 2);
});

test('several links to one peer take a row beyond each, the best first', () => {
  const result = folded([
    ...SIDECAR,
    ...dialled(PEER, 3888, 40_000, { state: 'syn_sent' }),
    ...dialled(PEER, 3888, 40_010),
    ...dialled(OTHER, 3888, 40_020),
  ]);
  assert.deepEqual(lines(result), [
    `outbound 3888 ${PEER} up through-proxy`,
    `outbound 3888 ${PEER} connecting through-proxy`,
    `outbound 3888 ${OTHER} up through-proxy`,
  ]);
});

test('a dialled ClusterIP is folded with the row to the pod behind it', () => {
  const [own, capture, beyond] = dialled('10.255.0.1', 2888, 40_000);
  assert.ok(own && capture && beyond);
  const behind = { ...beyond, remote: { address: PEER, port: 2888 } };
  assert.deepEqual(lines(folded([...SIDECAR, own, capture, behind])), [
    `outbound 2888 ${PEER} up through-proxy`,
  ]);
});

test('a link that leaves through a tunnel to the same peer has the state of the tunnel', () => {
  const [own, capture] = dialled(PEER, 2888, 40_000);
  assert.ok(own && capture);
  for (const [state, expected] of [
    ['established', 'up'],
    ['syn_sent', 'connecting'],
  ] as const) {
    const tunnel = row(`${POD}:50000`, `${PEER}:15008`, PROXY, { state });
    assert.deepEqual(lines(folded([...SIDECAR, own, capture, tunnel])), [
      `outbound 2888 ${PEER} ${expected} through-proxy`,
    ]);
  }
});

test('a captured link with no row beyond counts as up, and says that nothing shows it', () => {
  const [own, capture] = dialled(PEER, 2888, 40_000);
  assert.ok(own && capture);
  assert.deepEqual(lines(folded([...SIDECAR, own, capture])), [
    `outbound 2888 ${PEER} up unattributed`,
  ]);
});

test('a port that is not intercepted has direct links beside the proxy', () => {
  const result = folded([
    ...SIDECAR,
    row(`${POD}:40000`, `${PEER}:2888`),
    row(`${POD}:3888`, `${PEER}:40001`),
  ]);
  assert.deepEqual(lines(result), [
    `outbound 2888 ${PEER} up direct`,
    `inbound 3888 ${PEER} up direct`,
  ]);
});

test('accepted links behind a sidecar are counted by port, their peers known as a set', () => {
  const result = folded([
    ...SIDECAR,
    ...accepted(PEER, 2888, 40_000),
    ...accepted(OTHER, 2888, 40_001),
    ...accepted(PEER, 3888, 40_002),
    ...accepted('10.96.9.9', 2181, 40_003),
  ]);
  assert.deepEqual(lines(result), [
    'inbound 2888 null up through-proxy',
    'inbound 2888 null up through-proxy',
    'inbound 3888 null up through-proxy',
  ]);
  assert.deepEqual(captured(result), [PEER, OTHER, '10.96.9.9']);
  assert.equal(result.clientLinks.get(2181), 1);
});

test('the same rows without uids fold to the same links', () => {
  const rows = [
    ...SIDECAR,
    ...dialled(PEER, 3888, 41_000, { state: 'syn_sent' }),
    ...dialled(OTHER, 3888, 41_010),
    ...accepted(PEER, 2888, 40_000),
  ];
  const table = tableOf(rows);
  assert.deepEqual(lines(folded(withoutUids(table))), lines(folded(table)));
});

test("OpenShift's uids: the proxy is whoever holds the capture port", () => {
  const [app, proxy] = [1_000_650_000, 1_000_659_999];
  const result = folded([
    ...istioSidecar(proxy),
    ...member(POD, 'other', app),
    row(`${POD}:40000`, `${PEER}:2888`, app),
    row('127.0.0.1:15001', `${POD}:40000`, proxy),
    row(`${POD}:40001`, `${PEER}:2888`, proxy, { state: 'syn_sent' }),
  ]);
  assert.deepEqual(lines(result), [`outbound 2888 ${PEER} connecting through-proxy`]);
});

/** TPROXY: the proxy accepts on the application's port and dials it with the peer's own address. */
function tproxied(peer: string, port: number, at: number, proxy: number, app: number): Socket[] {
  return [
    row(`${POD}:${port}`, `${peer}:${at}`, proxy),
    row(`${peer}:${at + 1}`, `${POD}:${port}`, proxy),
    row(`${POD}:${port}`, `${peer}:${at + 1}`, app),
  ];
}

for (const [who, app] of [
  ['another user', APP],
  ['the same user, root', 0],
] as const) {
  test(`TPROXY with proxy and application of ${who}: one link for each peer, stalls seen outside`, () => {
    const [outer, ...inner] = tproxied(OTHER, 2888, 40_010, 0, app);
    assert.ok(outer);
    const result = folded([
      ...istioSidecar(0),
      ...member(POD, 'leader', app),
      ...tproxied(PEER, 2888, 40_000, 0, app),
      unanswered(outer, 4),
      ...inner,
    ]);
    assert.equal(result.mesh.kind, 'istio-sidecar');
    assert.equal(result.mesh.inbound, 'original-source');
    assert.deepEqual(lines(result), [
      `inbound 2888 ${PEER} up through-proxy`,
      `inbound 2888 ${OTHER} stalled through-proxy`,
    ]);
  });
}

const ZTUNNEL = ['*:15001', '*:15006', '*:15008', '127.0.0.1:15053'].map((at) => listens(at, 0));

test('ambient: peers keep their addresses, and dialled links leave through the shared tunnel', () => {
  const result = folded([
    ...ZTUNNEL,
    ...member(POD, 'leader'),
    row(`${PEER}:45000`, `${POD}:2888`, 0),
    row(`${POD}:2888`, `${PEER}:45000`),
    row(`${POD}:15008`, `${PEER}:45001`, 0),
    row(`${POD}:40000`, `${OTHER}:3888`),
    row('127.0.0.1:15001', `${POD}:40000`, 0),
    row(`${POD}:40001`, `${OTHER}:15008`, 0),
  ]);
  assert.equal(result.mesh.kind, 'istio-ambient');
  assert.equal(result.mesh.inbound, 'original-source');
  assert.deepEqual(lines(result), [
    `inbound 2888 ${PEER} up through-proxy`,
    `outbound 3888 ${OTHER} up through-proxy`,
  ]);
});

test('Linkerd: the proxy dials from the pod address, so the peer behind each link is hidden', () => {
  const proxy = 2102;
  const rows = [
    ...['*:4143', '127.0.0.1:4140', '*:4190', '*:4191'].map((at) => listens(at, proxy)),
    ...member(POD, 'leader'),
    row(`${POD}:4143`, `${PEER}:40000`, proxy),
    row(`${POD}:45000`, `${POD}:2888`, proxy),
    row(`${POD}:2888`, `${POD}:45000`),
    row(`${POD}:41000`, `${OTHER}:3888`),
    row('127.0.0.1:4140', `${POD}:41000`, proxy),
    row(`${POD}:41001`, `${OTHER}:4143`, proxy),
  ];
  const table = tableOf(rows);
  for (const shown of [table, withoutUids(table)]) {
    const result = folded(shown);
    assert.equal(result.mesh.kind, 'linkerd');
    assert.deepEqual(captured(result), [PEER]);
    assert.deepEqual(lines(result), [
      'inbound 2888 null up through-proxy',
      `outbound 3888 ${OTHER} up through-proxy`,
    ]);
  }
});

test('Kuma: deliveries come from 127.0.0.6, and its admin port tells it from Istio', () => {
  const result = folded([
    ...['*:15001', '*:15006', '127.0.0.1:9901'].map((at) => listens(at, 5678)),
    ...member(POD, 'leader'),
    row(`${POD}:15006`, `${PEER}:40000`, 5678),
    row('127.0.0.6:40000', `${POD}:2888`, 5678),
    row(`${POD}:2888`, '127.0.0.6:40000'),
  ]);
  assert.deepEqual([result.mesh.kind, result.mesh.inbound], ['kuma', 'passthrough']);
  assert.deepEqual(lines(result), ['inbound 2888 null up through-proxy']);
});

test('Consul: its proxy takes peers in on 20000 and delivers from loopback', () => {
  const result = folded([
    ...['*:20000', '127.0.0.1:15001'].map((at) => listens(at, 5995)),
    listens('*:2181'),
    listens('*:3888'),
    listens('*:2888'),
    row(`${POD}:20000`, `${PEER}:40000`, 5995),
    row('127.0.0.1:45000', '127.0.0.1:2888', 5995),
    row('127.0.0.1:2888', '127.0.0.1:45000'),
  ]);
  assert.deepEqual([result.mesh.kind, result.mesh.inbound], ['consul', 'loopback']);
  assert.deepEqual(lines(result), ['inbound 2888 null up through-proxy']);
  assert.deepEqual(captured(result), [PEER]);
});

test('Istio of before 1.10 delivers to a wildcard listener from loopback', () => {
  const rows = [
    ...istioSidecar(),
    listens('*:3888'),
    row(`${POD}:15006`, `${PEER}:40000`, PROXY),
    row('127.0.0.1:45104', '127.0.0.1:3888', PROXY),
    row('127.0.0.1:3888', '127.0.0.1:45104'),
  ];
  const table = tableOf(rows);
  for (const shown of [table, withoutUids(table)]) {
    const result = folded(shown);
    assert.equal(result.mesh.inbound, 'loopback');
    assert.deepEqual(lines(result), ['inbound 3888 null up through-proxy']);
  }
});

test('an IPv6 pod behind a sidecar is delivered to from ::6', () => {
  const pod = 'fd00:10::a';
  const result = folded(
    [
      ...istioSidecar(),
      ...member(pod, 'leader'),
      row(`[${pod}]:15006`, '[fd00:10::b]:40000', PROXY),
      row('[::6]:40000', `[${pod}]:2888`, PROXY),
      row(`[${pod}]:2888`, '[::6]:40000'),
      row(`[${pod}]:41000`, '[fd00:10::c]:3888'),
      row('[::1]:15001', `[${pod}]:41000`, PROXY),
      row(`[${pod}]:41001`, '[fd00:10::c]:3888', PROXY, { state: 'syn_sent' }),
    ],
    { podAddresses: [pod] },
  );
  assert.equal(result.mesh.inbound, 'passthrough');
  assert.deepEqual(captured(result), ['fd00:10::b']);
  assert.deepEqual(lines(result), [
    'inbound 2888 null up through-proxy',
    'outbound 3888 fd00:10::c connecting through-proxy',
  ]);
});

test('a configured mesh is taken at its word, and "none" folds nothing away', () => {
  const rows = [...SIDECAR, ...dialled(PEER, 2888, 40_000)];
  assert.equal(folded(rows, { mesh: 'kuma' }).mesh.kind, 'kuma');
  const plain = folded(rows, { mesh: 'none' });
  // Without a mesh the proxy is one more process of the pod.
  assert.equal(plain.links.length, 1);
  assert.ok(plain.foreign.length > 0);
  assert.deepEqual(plain.capturedPeers, []);
});

const FINGERPRINTS: readonly (readonly [kind: string, ports: readonly number[]])[] = [
  ['none', [2181, 3888]],
  ['none', [15_020, 15_021]],
  ['istio-sidecar', [15_001, 15_006, 15_000, 15_020, 15_021, 15_090]],
  ['istio-sidecar', [15_001, 15_006, 15_008, 15_020]],
  ['istio-ambient', [15_001, 15_006, 15_008, 15_053]],
  ['linkerd', [4140, 4143, 4190, 4191]],
  ['kuma', [15_001, 15_006, 9901]],
  ['consul', [15_001, 20_000]],
  ['unknown', [15_001, 15_006]],
  ['unknown', [15_008]],
];

for (const [kind, ports] of FINGERPRINTS) {
  test(`listeners on ${ports.join(', ')} are ${kind}`, () => {
    const rows = ports.map((port) => listens(`*:${port}`, PROXY));
    assert.equal(folded(rows).mesh.kind, kind);
  });
}

test('a pod without told addresses has those it listens on, else the commonest local one', () => {
  const untold = { podAddresses: null };
  assert.deepEqual(folded(member(POD, 'other'), untold).podAddresses, [POD]);
  const guessed = folded(
    [
      listens('*:3888'),
      row(`${POD}:1`, `${PEER}:3888`),
      row(`${POD}:2`, `${OTHER}:3888`),
      row('10.1.1.1:3', `${OTHER}:3888`),
      row('127.0.0.1:4', '127.0.0.1:3888'),
    ],
    untold,
  );
  assert.deepEqual(guessed.podAddresses, [POD]);
  assert.deepEqual(folded([listens('*:3888')], untold).podAddresses, []);
});

test('the widest of several listeners on a port is its reach, their queues add up', () => {
  const reach = (...at: readonly string[]): string | undefined =>
    folded(at.map((local) => listens(local, APP, 2))).listeners[0]?.reach;
  assert.equal(reach('127.0.0.1:3888'), 'loopback');
  assert.equal(reach('127.0.0.1:3888', `${POD}:3888`), 'pod');
  assert.equal(reach('127.0.0.1:3888', '*:3888'), 'wildcard');
  const [both] = folded([listens('127.0.0.1:3888', APP, 2), listens('*:3888', APP, 3)]).listeners;
  assert.equal(both?.acceptQueue, 5);
});

test('a connection that came in is no link that goes out, whatever port the other end dialled from', () => {
  for (const dialled of [2888, 3888]) {
    const rows = [...member(POD, 'other'), row(`${POD}:3888`, `192.0.2.1:${dialled}`)];
    const { links } = folded(rows);
    assert.deepEqual(
      links.map(({ direction, port }) => [direction, port]),
      [['inbound', 3888]],
    );
  }
});
