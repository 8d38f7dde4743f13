import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { APP, istioSidecar, member, PEERS, POD, PROXY, row, tableOf } from '../links/rows.ts';
import { VITALS, withVitals } from '../links/vitals.ts';
import { reportOf } from './judging.ts';

/** The table of these rows by netlink: each connection of `uid` was heard of so long ago. */
function byNetlink(
  rows: readonly Socket[],
  heardMs: Readonly<Record<number, number>>,
): SocketTable {
  return withVitals(tableOf(rows), ({ owner }) =>
    owner.kind === 'uid' ? { lastHeardMs: heardMs[owner.uid] ?? 0 } : null,
  );
}

function linksOf(table: SocketTable | readonly Socket[]): Report['links'] {
  return reportOf(table).links;
}

const LEARNER = [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)];

test('a link shows the vitals of its connection, and none where /proc was read', () => {
  const [link] = linksOf(byNetlink(LEARNER, { [APP]: 70 }));
  assert.deepEqual(link?.vitals, { ...VITALS, lastHeardMs: 70 });
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
