import { stat } from 'node:fs/promises';
import { type FilePorts, parseMembersFile, unwatchedPort } from '../config/members-file.ts';
import type { Profile } from '../model/profile.ts';
import type { Ensemble } from '../model/settings.ts';
import { readRegular, SETTINGS_BYTES } from '../regular-file.ts';

/** How long a file must rest that is written anew in its place: half of it is no ensemble. */
const IN_PLACE_MS = 2_000;
/** How long a list must rest that lacks members it had. */
const SMALLER_MS = 10_000;

type MembersEnsemble = Extract<Ensemble, { kind: 'members' }>;

export interface MembersFileWatch {
  ensemble(): Ensemble;
  /**
   * Reads the file again if it changed; the last good members stay where it cannot be understood.
   * One round at a time; never rejects.
   */
  poll(): Promise<void>;
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

export interface MembersFileText {
  readonly ensemble: MembersEnsemble;
  readonly ports: FilePorts;
  /** Whether its last line has an end. */
  readonly isEnded: boolean;
}

/** What a members file says. Rejects where it cannot be read or understood. */
export async function readMembersFile(path: string, podName: string): Promise<MembersFileText> {
  const text = await readRegular(path, SETTINGS_BYTES);
  const file = parseMembersFile(text, podName);
  if (file.kind === 'invalid') throw new Error(`members file ${path}: ${file.problem}`);
  return { ensemble: file.ensemble, ports: file.ports, isEnded: /[\r\n]$/.test(text) };
}

/**
 * Follows a file of `server.N=` lines. Rejects at the start where it cannot be read or understood.
 * A file that another takes the place of, as in a mounted ConfigMap, is whole; one that is written in its
 * place may be seen half-written, as a smaller ensemble whose majority is too easily reached.
 */
export async function watchMembersFile(
  path: string,
  podName: string,
  edges: MembersFileEdges,
): Promise<MembersFileWatch> {
  // Before the text, so that a change between the two is seen.
  let seen = await stampOf(path);
  let { ensemble } = await readMembersFile(path, podName);
  let underWay = false;
  let changed = { stamp: seen, sinceMs: edges.clock() };

  /** The new members, or `null` while they may still be half of them. Rejects where they cannot be followed. */
  async function nextEnsemble(stamp: Stamp): Promise<MembersEnsemble | null> {
    const restedMs = edges.clock() - changed.sinceMs;
    const inPlace = stamp.inode === seen.inode;
    if (inPlace && restedMs < IN_PLACE_MS) return null;
    const file = await readMembersFile(path, podName);
    const lost = ensemble.members.filter(
      ({ name }) => !file.ensemble.members.some((member) => member.name === name),
    );
    if (lost.length > 0 && restedMs < SMALLER_MS) return null;
    const [first] = lost;
    if (first !== undefined && inPlace && !file.isEnded) {
      throw new Error(
        `members file ${path} has no final line break and lacks ${first.name}, so it may be half-written; the previous members are kept: write the whole file, with a final line break`,
      );
    }
    const problem = unwatchedPort(edges.profile, file.ports, edges.givenPorts);
    if (problem !== null) throw new Error(`members file ${path}: ${problem}`);
    return file.ensemble;
  }

  async function round(): Promise<void> {
    const stamp = await stampOf(path);
    if (stamp.text === seen.text) return;
    if (stamp.text !== changed.stamp.text) changed = { stamp, sinceMs: edges.clock() };
    try {
      const next = await nextEnsemble(stamp);
      if (next === null) return;
      ensemble = next;
    } catch (error) {
      edges.onTrouble(error instanceof Error ? error.message : String(error));
    }
    seen = stamp;
  }

  return {
    ensemble: () => ensemble,
    async poll() {
      if (underWay) return;
      underWay = true;
      await round();
      underWay = false;
    },
  };
}

/**
 * Waits until a file has not been written for two seconds, so that a start beside its writer does not
 * take half of it; ten seconds at the most. A file that cannot be seen is waited for by nobody.
 */
export async function untilRested(
  path: string,
  edges: { readonly wallMs: () => number; readonly pause: (ms: number) => Promise<void> },
): Promise<void> {
  for (let left = 5; left > 0; left -= 1) {
    const writtenMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.NEGATIVE_INFINITY,
    );
    const restedMs = edges.wallMs() - writtenMs;
    // A time to come is of a clock that was set: nobody writes then.
    if (restedMs < 0 || restedMs >= IN_PLACE_MS) return;
    await edges.pause(IN_PLACE_MS - restedMs);
  }
}

interface Stamp {
  /** Changes whenever the file does. */
  readonly text: string;
  /** Another one where another file took its place, as in a mounted ConfigMap; `null` where there is none. */
  readonly inode: number | null;
}

async function stampOf(path: string): Promise<Stamp> {
  try {
    const { mtimeMs, ino, size } = await stat(path);
    return { text: `${mtimeMs} ${ino} ${size}`, inode: ino };
  } catch {
    return { text: 'unreadable', inode: null };
  }
}
