import type { Socket } from '../model/socket.ts';

/** Room for a number of rows, shared fairly between groups of them once it is full. */
export interface FairRoom {
  /**
   * Takes a row of a group, or leaves it out. A preferred row takes the place of one that is not; else the
   * largest group gives one up to a group that is smaller by two at least.
   */
  offer(key: string, socket: Socket, group: string, preferred: boolean): void;
  has(key: string): boolean;
  /** Whether a row was left out, or had to go, although it was preferred or nobody said which ones are. */
  lacks(): boolean;
  rows(): Socket[];
}

interface Group {
  readonly preferred: boolean;
  /** Keys of its rows, the oldest first. */
  readonly keys: string[];
}

/** `knowsPreferred`: whether rows that are not preferred may be left out without a loss. */
export function createFairRoom(most: number, knowsPreferred: boolean): FairRoom {
  const rows = new Map<string, Socket>();
  const groups = new Map<string, Group>();
  const preferredSizes = createSizes();
  const otherSizes = createSizes();
  let lacking = false;

  const sizesOf = ({ preferred }: Group) => (preferred ? preferredSizes : otherSizes);

  function lose(preferred: boolean): void {
    if (preferred || !knowsPreferred) lacking = true;
  }

  function add(key: string, socket: Socket, name: string, group: Group): void {
    rows.set(key, socket);
    group.keys.push(key);
    groups.set(name, group);
    sizesOf(group).moved(name, group.keys.length - 1, group.keys.length);
  }

  function evictFrom(name: string): void {
    const group = groups.get(name);
    const key = group?.keys.pop();
    if (group === undefined || key === undefined) return;
    rows.delete(key);
    sizesOf(group).moved(name, group.keys.length + 1, group.keys.length);
    lose(group.preferred);
  }

  /** The group that gives up a row for one more of a group of this size; `null` where none does. */
  function giver(preferred: boolean, size: number): string | null {
    if (preferred && otherSizes.largest() > 0) return otherSizes.oneOfLargest();
    const sizes = preferred ? preferredSizes : otherSizes;
    return sizes.largest() >= size + 2 ? sizes.oneOfLargest() : null;
  }

  return {
    offer(key, socket, name, preferred) {
      const group = groups.get(name) ?? { preferred, keys: [] };
      if (rows.size >= most) {
        const from = giver(group.preferred, group.keys.length);
        if (from === null) {
          lose(group.preferred);
          return;
        }
        evictFrom(from);
      }
      add(key, socket, name, group);
    },
    has: (key) => rows.has(key),
    lacks: () => lacking,
    rows: () => [...rows.values()],
  };
}

/** Groups by how many rows they have, so that the largest is found at once. */
function createSizes() {
  const bySize = new Map<number, Set<string>>();
  let largest = 0;
  return {
    moved(name: string, from: number, to: number): void {
      bySize.get(from)?.delete(name);
      if (to > 0) {
        const same = bySize.get(to);
        if (same === undefined) bySize.set(to, new Set([name]));
        else same.add(name);
      }
      largest = Math.max(largest, to);
      while (largest > 0 && (bySize.get(largest)?.size ?? 0) === 0) largest -= 1;
    },
    largest: () => largest,
    oneOfLargest(): string | null {
      for (const name of bySize.get(largest) ?? []) return name;
      return null;
    },
  };
}
