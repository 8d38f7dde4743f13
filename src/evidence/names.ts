import { lookup as systemLookup } from 'node:dns/promises';
import {
  absoluteName,
  isOwnName,
  type NameAnswer,
  type Names,
  type PodIdentity,
} from '../model/names.ts';
import type { Address } from '../model/socket.ts';

/** Between lookups while all is well, and while the member waits for its quorum. */
const CALM_MS = 30_000;
const WAITING_MS = 3_000;
/** The least time between lookups that unknown addresses ask for. */
const URGENT_MS = 1_000;

export type Lookup = (name: string) => Promise<readonly Address[]>;

export interface NamesEdges {
  /** Resolves one name to its addresses; fails with code ENOTFOUND where it has none. */
  readonly lookup: Lookup;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  /** Is told of lookups that failed for another reason than the name being unpublished. */
  readonly onFailure: (name: string, reason: string) => void;
}

export interface NamesWatch {
  answers(): Names;
  /**
   * Looks names up again if it is time, `waiting` telling that the member is not ready and `urgent` that
   * an address appeared which no name has. One round at a time; never rejects.
   */
  poll(names: readonly string[], waiting: boolean, urgent: boolean): Promise<void>;
}

export function watchNames({ lookup, clock, onFailure }: NamesEdges): NamesWatch {
  let answers: ReadonlyMap<string, NameAnswer> = new Map();
  let roundMs = Number.NEGATIVE_INFINITY;
  let underWay = false;

  async function askOne(name: string): Promise<NameAnswer> {
    const before = answers.get(name);
    const askedMs = clock();
    try {
      return { kind: 'published', addresses: await lookup(name), atMs: askedMs };
    } catch (error) {
      const kept = { addresses: before?.addresses ?? [], atMs: askedMs };
      const reason = error instanceof Error ? error.message : String(error);
      if (isNotFound(error)) {
        const sinceMs = before?.kind === 'unpublished' ? before.sinceMs : askedMs;
        return { kind: 'unpublished', ...kept, sinceMs };
      }
      onFailure(name, reason);
      return { kind: 'failed', ...kept, reason };
    }
  }

  return {
    answers: () => answers,
    async poll(names, waiting, urgent) {
      const pauseMs = urgent ? URGENT_MS : waiting ? WAITING_MS : CALM_MS;
      if (underWay || names.length === 0 || clock() - roundMs < pauseMs) return;
      underWay = true;
      roundMs = clock();
      const round = await Promise.all(
        names.map(async (name) => [name, await askOne(name)] as const),
      );
      answers = new Map(round);
      underWay = false;
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
}

/** `getaddrinfo` for both families, as the server itself resolves its peers. */
export async function lookupName(name: string): Promise<readonly Address[]> {
  const found = await systemLookup(name, { all: true, verbatim: true });
  return [...new Set(found.map(({ address }) => address))];
}

/**
 * Looks names of the cluster's services up as absolute ones. The pod's own full name stands in the pod's
 * /etc/hosts, where it would look published even if DNS hides it, and of a relative name that it hides
 * the cluster's DNS asks the world outside, which may not answer. What the absolute name does not give
 * may still be known otherwise, as by `hostAliases`; only of itself a pod takes no other word.
 */
export function clusterLookup(identity: PodIdentity, lookup: Lookup = lookupName): Lookup {
  return async (name) => {
    const absolute = absoluteName(name, identity);
    if (absolute === null) return lookup(name);
    try {
      return await lookup(absolute);
    } catch (error) {
      if (!isNotFound(error) || isOwnName(name, identity)) throw error;
      return await lookup(name).catch(() => {
        throw error;
      });
    }
  };
}
