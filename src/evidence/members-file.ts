import { readFileSync, statSync } from 'node:fs';
import { type FilePorts, parseMembersFile, unwatchedPort } from '../config/members-file.ts';
import type { Profile } from '../model/profile.ts';
import type { Ensemble } from '../model/settings.ts';

/** How long a file must rest that is written anew in its place: half of it is no ensemble. */
const IN_PLACE_MS = 2_000;
/** How long a list must rest that lacks members it had. */
const SMALLER_MS = 10_000;

type MembersEnsemble = Extract<Ensemble, { kind: 'members' }>;

export interface MembersFileWatch {
  ensemble(): Ensemble;
  /** Reads the file again if it changed; the last good members stay where it cannot be understood. */
  poll(): void;
}

/** What the file is followed with, beside its place. */
export interface MembersFileEdges {
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  /** Is told why a change is not followed, once for each state of the file. */
  readonly onTrouble: (reason: string) => void;
  /** The ports that are watched; a list with members on others cannot be followed. */
  readonly profile: Profile;
  /** Roles whose ports were given otherwise, whatever the file says. */
  readonly givenPorts: readonly string[];
}

/** What a members file says. Throws where it cannot be read or understood. */
export function readMembersFile(
  path: string,
  podName: string,
): { readonly ensemble: MembersEnsemble; readonly ports: FilePorts; readonly isEnded: boolean } {
  const text = readFileSync(path, 'utf8');
  const file = parseMembersFile(text, podName);
  if (file.kind === 'invalid') throw new Error(`members file ${path}: ${file.problem}`);
  return { ensemble: file.ensemble, ports: file.ports, isEnded: /[\r\n]$/.test(text) };
}

/**
 * Follows a file of `server.N=` lines. Throws at the start where it cannot be read or understood.
 * A file that another takes the place of, as in a mounted ConfigMap, is whole; one that is written in its
 * place may be seen half-written, as a smaller ensemble whose majority is too easily reached.
 */
export function watchMembersFile(
  path: string,
  podName: string,
  edges: MembersFileEdges,
): MembersFileWatch {
  // Before the text, so that a change between the two is seen.
  let seen = stampOf(path);
  let { ensemble } = readMembersFile(path, podName);
  let changed = { stamp: seen, sinceMs: edges.clock() };

  /** The new members, or `null` while they may still be half of them. Throws where they cannot be followed. */
  function nextEnsemble(stamp: Stamp): MembersEnsemble | null {
    const restedMs = edges.clock() - changed.sinceMs;
    const inPlace = stamp.inode === seen.inode;
    if (inPlace && restedMs < IN_PLACE_MS) return null;
    const file = readMembersFile(path, podName);
    const lost = ensemble.members.filter(
      ({ name }) => !file.ensemble.members.some((member) => member.name === name),
    );
    if (lost.length > 0 && restedMs < SMALLER_MS) return null;
    const [first] = lost;
    if (first !== undefined && inPlace && !file.isEnded) {
      throw new Error(
        `members file ${path}: ends without a line end and lacks ${first.name}, as if it were half-written; the members before are kept: write it whole, with a line end`,
      );
    }
    const problem = unwatchedPort(edges.profile, file.ports, edges.givenPorts);
    if (problem !== null) throw new Error(`members file ${path}: ${problem}`);
    return file.ensemble;
  }

  return {
    ensemble: () => ensemble,
    poll() {
      const stamp = stampOf(path);
      if (stamp.text === seen.text) return;
      if (stamp.text !== changed.stamp.text) changed = { stamp, sinceMs: edges.clock() };
      try {
        const next = nextEnsemble(stamp);
        if (next === null) return;
        ensemble = next;
      } catch (error) {
        edges.onTrouble(error instanceof Error ? error.message : String(error));
      }
      seen = stamp;
    },
  };
}

interface Stamp {
  /** Changes whenever the file does. */
  readonly text: string;
  /** Another one where another file took its place, as in a mounted ConfigMap; `null` where there is none. */
  readonly inode: number | null;
}

function stampOf(path: string): Stamp {
  try {
    const { mtimeMs, ino, size } = statSync(path);
    return { text: `${mtimeMs} ${ino} ${size}`, inode: ino };
  } catch {
    return { text: 'unreadable', inode: null };
  }
}
