import type { VoteGroup, VoteWeights } from '../model/quorum-verifier.ts';
import { Problem, quote } from './problem.ts';
import type { Property } from './properties.ts';

/** What a server's id in a group stands for. */
export interface WeighedServer {
  readonly id: string;
  readonly name: string;
  readonly observer: boolean;
}

/** Sums of a thousand of them are exact. */
const MOST_WEIGHT = 1_000_000_000;

/**
 * The groups and weights of `group.N=1:2:3` and `weight.N=2`, as ZooKeeper's `QuorumHierarchical` reads
 * them; `null` where there are neither, so that heads are counted. Throws a Problem where ZooKeeper would
 * not start: a voter without a group, a server in two of them, weights without groups.
 */
export function voteWeights(
  properties: readonly Property[],
  servers: readonly WeighedServer[],
): VoteWeights | null {
  const groups = properties.filter(({ key }) => key.startsWith('group'));
  const weighed = properties.filter(({ key }) => key.startsWith('weight'));
  if (groups.length === 0 && weighed.length === 0) return null;
  const weights = new Map<string, number>();
  for (const property of weighed) addWeight(weights, property);
  // An observer has no weight of its own unless one is written.
  for (const { id, observer } of servers) {
    if (!observer && !weights.has(id)) weights.set(id, 1);
  }
  const groupOf = new Map<string, number>();
  const read = groups.map((property) => voteGroup(property, servers, weights, groupOf));
  const stray = servers.find(({ id, observer }) => !observer && !groupOf.has(id));
  if (stray !== undefined) {
    throw new Problem(
      `server.${stray.id} is in no group, and with weights or groups every participant must be in one; add it to a group.N line`,
    );
  }
  refuseTwice(groups);
  return { groups: read };
}

function addWeight(weights: Map<string, number>, { line, key, value }: Property): void {
  const id = idIn(line, key, 'weight', 'weight.1=2');
  if (!/^\d{1,10}$/.test(value) || Number(value) > MOST_WEIGHT) {
    throw new Problem(
      `line ${line}: ${quote(value)} is not a weight; write a whole number from 0 to ${MOST_WEIGHT}`,
    );
  }
  if (weights.has(id)) throw new Problem(`line ${line}: ${key} is given twice; remove one of them`);
  weights.set(id, Number(value));
}

function voteGroup(
  { line, key, value }: Property,
  servers: readonly WeighedServer[],
  weights: ReadonlyMap<string, number>,
  groupOf: Map<string, number>,
): VoteGroup {
  idIn(line, key, 'group', 'group.1=1:2:3');
  const own = new Map<string, number>();
  let totalWeight = 0;
  for (const text of value.split(':')) {
    if (!/^\d{1,19}$/.test(text)) {
      throw new Problem(
        `line ${line}: ${quote(text)} is not the number of a server; write the group as 1:2:3`,
      );
    }
    const id = String(BigInt(text));
    const earlier = groupOf.get(id);
    if (earlier !== undefined) {
      throw new Problem(`line ${line}: server.${id} is already in the group on line ${earlier}`);
    }
    groupOf.set(id, line);
    const weight = weights.get(id);
    if (weight === undefined) {
      throw new Problem(
        `line ${line}: ${key} names server.${id}, which is not a participant and has no weight; leave it out`,
      );
    }
    totalWeight += weight;
    const server = servers.find((one) => one.id === id);
    if (server !== undefined && !server.observer) own.set(server.name, weight);
  }
  return { totalWeight, weights: own };
}

function idIn(line: number, key: string, kind: string, example: string): string {
  const [, id] = /^[a-z]+\.(\d{1,19})$/.exec(key) ?? [];
  if (id !== undefined) return String(BigInt(id));
  throw new Problem(`line ${line}: ${quote(key)} is not a ${kind}; write it as ${example}`);
}

function refuseTwice(groups: readonly Property[]): void {
  const lines = new Map<string, number>();
  for (const { line, key } of groups) {
    const earlier = lines.get(key);
    if (earlier !== undefined) {
      throw new Problem(`line ${line}: ${key} is already on line ${earlier}; remove one of them`);
    }
    lines.set(key, line);
  }
}
