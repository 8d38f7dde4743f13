import type { Profile } from '../model/profile.ts';
import type { Socket, SocketTable } from '../model/socket.ts';

/** How old the data of a connection may be while its silence, or the end of it, says something. */
export interface Listening {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Silence shorter than this is nobody's. */
const LEAST_MS = 500;
/** Silence this many times as long as the system itself bears was judged often enough. */
const BORNE_TIMES = 2;

/** The silence of peers that matters with this profile; `null` where none does. */
export function listeningOf({ ports }: Profile): Listening | null {
  const heartbeats = ports.flatMap(({ heartbeat }) => (heartbeat === null ? [] : [heartbeat]));
  if (heartbeats.length === 0) return null;
  return {
    fromMs: Math.max(LEAST_MS, Math.min(...heartbeats.map(({ everyMs }) => everyMs))),
    untilMs: BORNE_TIMES * Math.max(...heartbeats.map(({ bearsMs }) => bearsMs)),
  };
}

/** Whether a tick shows nothing but figures that have grown since the table that was judged last. */
export function isQuiet(
  table: SocketTable,
  judged: SocketTable,
  listening: Listening | null,
): boolean {
  return (
    areSame(table.listeners, judged.listeners) &&
    areSame(table.connections, judged.connections) &&
    !(listening !== null && table.connections.some((one) => isSilent(one, listening)))
  );
}

function isSilent({ vitals }: Socket, { fromMs, untilMs }: Listening): boolean {
  const ageMs = vitals?.lastHeardMs ?? null;
  return ageMs !== null && ageMs >= fromMs && ageMs < untilMs;
}

/** The kernel gives listeners in one order, and connections are asked after in one. */
function areSame(rows: readonly Socket[], before: readonly Socket[]): boolean {
  return (
    rows.length === before.length &&
    rows.every((row, at) => {
      const other = before[at];
      return other !== undefined && isSame(row, other);
    })
  );
}

function isSame(a: Socket, b: Socket): boolean {
  return (
    a.state === b.state &&
    a.txQueueBytes === b.txQueueBytes &&
    a.rxQueueBytes === b.rxQueueBytes &&
    a.timer === b.timer &&
    a.retransmits === b.retransmits &&
    a.unansweredProbes === b.unansweredProbes &&
    a.accepted === b.accepted &&
    uidOf(a) === uidOf(b) &&
    a.local.port === b.local.port &&
    a.remote.port === b.remote.port &&
    a.local.address === b.local.address &&
    a.remote.address === b.remote.address
  );
}

function uidOf({ owner }: Socket): number | null {
  return owner.kind === 'uid' ? owner.uid : null;
}
