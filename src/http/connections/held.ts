import { markHeld } from './connection.ts';
import type { Connection } from './stage.ts';

/** Answers that are held open on purpose: few, and who comes always gets a place. */
export interface HeldAnswers {
  /** Holds the answer under way; `letGo` is called, once, where another needs its place. */
  hold(connection: Connection, letGo: () => void): void;
  /** The answer has ended, by whichever side. */
  ended(connection: Connection): void;
}

/** Keeps at most `most` of them. */
export function heldAnswers(most: number): HeldAnswers {
  const held = new Map<Connection, () => void>();

  function release(connection: Connection): void {
    const letGo = held.get(connection);
    held.delete(connection);
    markHeld(connection, false);
    letGo?.();
  }

  return {
    hold(connection, letGo) {
      const leaving = held.size < most ? null : toLetGo([...held.keys()]);
      if (leaving !== null) release(leaving);
      held.set(connection, letGo);
      markHeld(connection, true);
    },
    ended: (connection) => void held.delete(connection),
  };
}

/**
 * The oldest of the remote address that holds most: a crowd from one address takes its own places. In a mesh
 * all come from one, and the oldest of all goes.
 */
function toLetGo(held: readonly Connection[]): Connection | null {
  const byAddress = new Map<string | undefined, Connection[]>();
  for (const connection of held) {
    const { remoteAddress } = connection.transport;
    byAddress.set(remoteAddress, [...(byAddress.get(remoteAddress) ?? []), connection]);
  }
  const [most] = [...byAddress.values()].sort((a, b) => b.length - a.length);
  return most?.[0] ?? null;
}
