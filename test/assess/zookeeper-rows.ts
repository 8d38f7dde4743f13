import type { Socket } from '../../src/model/socket.ts';
import { listens, member, PEERS, POD, PROXY, row } from '../links/rows.ts';

export const [PEER, OTHER] = PEERS;

export const LOOKING = member(POD, 'other');
const ELECTION = [row(`${POD}:3888`, `${PEER}:1`), row(`${POD}:3888`, `${OTHER}:2`)];
export const LEARNER = [...LOOKING, row(`${POD}:40000`, `${PEER}:2888`), ...ELECTION];
export const LEADER = [
  ...member(POD, 'leader'),
  row(`${POD}:2888`, `${PEER}:1`),
  row(`${POD}:2888`, `${OTHER}:2`),
  ...ELECTION,
];

/** Clients that Istio's sidecar dials the server for, from the one address it has. */
export function passthroughClients(count: number): Socket[] {
  return Array.from({ length: count }, (_, at) => {
    const from = `127.0.0.6:${1024 + at}`;
    return [row(`${POD}:2181`, from), row(from, `${POD}:2181`, PROXY)];
  }).flat();
}

/** A learner behind Istio's sidecar whose way to the leader ends at the proxy. */
export function endsAtProxy(): Socket[] {
  return [
    ...LOOKING,
    listens('*:15001', PROXY),
    listens('*:15006', PROXY),
    listens('127.0.0.1:15000', PROXY),
    listens('*:15020', PROXY),
    row(`${POD}:40000`, `${PEER}:2888`),
    row('127.0.0.1:15001', `${POD}:40000`, PROXY),
  ];
}
