import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import type { Socket, SocketTable, Vitals } from '../../src/model/socket.ts';
import { APP, istioSidecar, member, PEERS, POD, PROXY, row, tableOf } from '../links/rows.ts';
import { reportOf } from './judging.ts';

/** Vitals by which a test knows the row that they are of. */
function heardAgo(lastHeardMs: number): Vitals {
  return {
    lastHeardMs,
    lastSentMs: 1,
    rttMs: 0.5,
    receivedBytes: 1,
    sentBytes: 1,
    retransmittedBytes: 0,
    pathMtuBytes: 1500,
  };
}

/** The table of these rows by netlink: each connection of `uid` was heard of so long ago. */
function byNetlink(
  rows: readonly Socket[],
  heardMs: Readonly<Record<number, number>>,
): SocketTable {
  const table = tableOf(rows);
  return {
    ...table,
    connections: table.connections.map((one) =>
      one.owner.kind === 'uid' && one.state === 'established'
        ? { ...one, vitals: heardAgo(heardMs[one.owner.uid] ?? 0) }
        : one,
    ),
  };
}

function linksOf(table: SocketTable | readonly Socket[]): Report['links'] {
  return reportOf(table).links;
}

const LEARNER = [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)];

test('a link shows the vitals of its connection, and none where /proc was read', () => {
  const [link] = linksOf(byNetlink(LEARNER, { [APP]: 70 }));
  assert.deepEqual(link?.vitals, heardAgo(70));
  assert.equal(linksOf(LEARNER)[0]?.vitals, null);
});

test("behind a mesh a link shows the vitals of the proxy's connection with the peer", () => {
  const meshed = [
    ...LEARNER,
    ...istioSidecar(),
    row(`${POD}:41000`, `${PEERS[0]}:2888`, PROXY),
    row('127.0.0.1:15001', `${POD}:40000`, PROXY),
  ];
  const [link] = linksOf(byNetlink(meshed, { [APP]: 5, [PROXY]: 9_000 }));
  assert.equal(link?.vitals?.lastHeardMs, 9_000);
});

test('where a mesh hides the connection with the peer, a link has no vitals', () => {
  const inbound = [
    ...member(POD, 'leader'),
    ...istioSidecar(),
    row(`${POD}:2888`, '127.0.0.6:41000'),
    row('127.0.0.6:41000', `${POD}:2888`, PROXY),
    row(`${POD}:15006`, `${PEERS[0]}:42000`, PROXY),
  ];
  const [link] = linksOf(byNetlink(inbound, { [APP]: 5, [PROXY]: 6 }));
  assert.ok(link !== undefined);
  assert.equal(link.vitals, null);
});
