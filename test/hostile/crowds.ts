import { isPeerPort, type Profile } from '../../src/model/profile.ts';
import type { Socket } from '../../src/model/socket.ts';
import { APP, listens, PEERS, POD, PROXY, row, unanswered } from '../links/rows.ts';

/** The uid of a container beside the server that makes rows as it likes. */
const NEIGHBOUR = 2000;

/** One way in which a neighbour fills the table. */
export interface Crowd {
  readonly name: string;
  /** Rows in the number asked for, beside the server's own listeners. */
  readonly rows: (profile: Profile, count: number) => readonly Socket[];
}

/** The rows of one index, on a port between members. */
type RowAt = (index: number, port: number) => Socket;

/** Distinct addresses that are no member's. */
export function strangerAt(index: number): string {
  return `10.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

/** Distinct source ports and, once these are used up, the next address. */
function from(address: (turn: number) => string, index: number): string {
  const ports = 60_000;
  return `${address(Math.floor(index / ports))}:${1024 + (index % ports)}`;
}

const pod = (): string => POD;
const out: RowAt = (index, port) => row(from(pod, index), `${PEERS[0]}:${port}`, NEIGHBOUR);
const into: RowAt = (index, port) =>
  row(
    `${POD}:${port}`,
    from(() => PEERS[0], index),
    NEIGHBOUR,
  );
const outAnywhere: RowAt = (index, port) =>
  row(from(pod, index), `${strangerAt(index)}:${port}`, NEIGHBOUR);
const inAnywhere: RowAt = (index, port) =>
  row(`${POD}:${port}`, `${strangerAt(index)}:30000`, NEIGHBOUR);

const SHAPES: Readonly<Record<string, RowAt>> = {
  'out to one peer': out,
  'in from one peer': into,
  'out to all addresses': outAnywhere,
  'in from all addresses': inAnywhere,
  'stalled out to one peer': (index, port) => unanswered(out(index, port), 5),
  'stalled in from one peer': (index, port) => unanswered(into(index, port), 5),
  'stalled out to all addresses': (index, port) => unanswered(outAnywhere(index, port), 5),
  'doubtful out to all addresses': (index, port) => unanswered(outAnywhere(index, port), 2),
  'attempts at one peer': (index, port) => attempt(out(index, port)),
  'attempts at all addresses': (index, port) => attempt(outAnywhere(index, port)),
  'closing with one peer': (index, port) => ({ ...out(index, port), state: 'close_wait' }),
  'unread from one peer': (index, port) => ({ ...into(index, port), rxQueueBytes: 1 + index }),
  'unread from all addresses': (index, port) => ({
    ...inAnywhere(index, port),
    rxQueueBytes: 1 + index,
  }),
  'waiting to be accepted': (index, port) => ({
    ...into(index, port),
    accepted: false,
    owner: { kind: 'unknown' },
  }),
  'on loopback': (index, port) =>
    row(
      from((turn) => `127.0.0.${1 + turn}`, index),
      `127.0.0.1:${port}`,
      NEIGHBOUR,
    ),
  'from the passthrough source': (index, port) =>
    row(
      `${POD}:${port}`,
      from(() => '127.0.0.6', index),
      NEIGHBOUR,
    ),
  TIME_WAIT: (index, port) => ({
    ...out(index, port),
    state: 'time_wait',
    timer: 'time-wait',
    accepted: false,
    owner: { kind: 'unknown' },
  }),
  'one local port to all addresses': (index, port) =>
    row(`${POD}:40000`, `${strangerAt(index)}:${port}`, NEIGHBOUR),
  'both ends on the port': (index, port) =>
    row(`${POD}:${port}`, `${strangerAt(index)}:${port}`, NEIGHBOUR),
  "from addresses that are not the pod's": (index, port) =>
    row(`${strangerAt(index)}:40000`, `${PEERS[0]}:${port}`, NEIGHBOUR),
  'all of it in turn': (index, port) =>
    [
      out(index, port),
      unanswered(inAnywhere(index, port), 1 + (index % 6)),
      attempt(outAnywhere(index, port)),
      { ...into(index, port), rxQueueBytes: 1 + (index % 99) },
    ][index % 4] ?? out(index, port),
};

function attempt(one: Socket): Socket {
  return { ...unanswered(one, 1), state: 'syn_sent' };
}

/** Behind what looks like a proxy, the shapes that meet its rows. */
const BEHIND_PROXY: Readonly<Record<string, RowAt>> = {
  'behind a proxy, out to one peer': out,
  'behind a proxy, out to all addresses': outAnywhere,
  'behind a proxy, in from all addresses': inAnywhere,
  'behind a proxy, from its own source': (index, port) =>
    row(
      `${POD}:${port}`,
      from(() => '127.0.0.6', index),
      APP,
    ),
  'behind a proxy, captured from all addresses': (index) =>
    row(`${POD}:15006`, `${strangerAt(index)}:30000`, PROXY),
  'behind a proxy, captured from the peer port': (index, port) =>
    unanswered(row(`${POD}:15006`, `${strangerAt(index % 7)}:${port}`, PROXY), index % 6),
  'behind a proxy, as far as the proxy': (index, port) =>
    index % 2 === 0
      ? row(from(pod, index), `${strangerAt(index)}:${port}`, APP)
      : row('127.0.0.1:15001', from(pod, index - 1), PROXY),
  'behind a proxy, of nobody': (index, port) => ({
    ...row(from(pod, index), `${strangerAt(index)}:${port}`, PROXY),
    owner: { kind: 'unknown' },
  }),
};

/** Every way, for a test or a measurement that goes through all of them. */
export const CROWDS: readonly Crowd[] = [
  ...Object.entries(SHAPES).flatMap(([name, rowAt]) => [
    { name, rows: beside(own, rowAt) },
    // A system whose leader alone listens on its quorum port judges its learners by other rules.
    { name: `${name}, as a learner`, rows: beside(ownAsLearner, rowAt) },
  ]),
  ...Object.entries(BEHIND_PROXY).map(([name, rowAt]) => ({
    name,
    rows: beside((profile) => [...own(profile), ...PROXY_LISTENERS], rowAt),
  })),
  { name: 'listeners by the thousand', rows: thousandsOfListeners },
];

const PROXY_LISTENERS: readonly Socket[] = ['*:15001', '*:15006', '*:15020', '*:15021'].map(
  (local) => listens(local, PROXY),
);

function own(profile: Profile): Socket[] {
  return profile.ports.flatMap(({ ports }) => ports.map((port) => listens(`*:${port}`)));
}

function ownAsLearner(profile: Profile): Socket[] {
  return profile.ports
    .filter(({ listens: who }) => who !== 'leader')
    .flatMap(({ ports }) => ports.map((port) => listens(`*:${port}`)));
}

/** The port whose links decide, and the others between members in turn with it. */
function portsOf({ ports, quorum }: Profile): number[] {
  const peer = ports.filter(isPeerPort);
  const deciding = peer.filter(({ role }) => quorum.kind !== 'none' && role === quorum.port);
  return [...deciding, ...peer].flatMap((spec) => spec.ports.slice(0, 1));
}

function beside(listeners: (profile: Profile) => readonly Socket[], rowAt: RowAt): Crowd['rows'] {
  return (profile, count) => {
    const [deciding = 1] = portsOf(profile);
    return [
      ...listeners(profile),
      ...Array.from({ length: count }, (_, index) => rowAt(index, deciding)),
    ];
  };
}

/** Nothing keeps a neighbour from binding a watched port on every loopback address, or with IP_FREEBIND on any. */
function thousandsOfListeners(profile: Profile, count: number): readonly Socket[] {
  const [deciding = 1] = portsOf(profile);
  return [
    ...own(profile),
    ...Array.from({ length: count }, (_, index) =>
      listens(
        `${index % 2 === 0 ? `127.1.${index >> 8}.${index & 255}` : strangerAt(index)}:${deciding}`,
        NEIGHBOUR,
      ),
    ),
  ];
}
