import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '../../src/profiles/index.ts';
import { CROWDS } from './crowds.ts';
import { MEMBERSHIPS, outgrowth } from './judging.ts';

const ROWS = 4096;

/** One profile of each shape: those alike are judged by the same code. */
const SHAPES = new Map(
  [...PROFILES.values()].toReversed().map((profile) => {
    const { quorum, ports } = profile;
    const shape = [quorum, ports.map(({ links }) => links)];
    return [JSON.stringify(shape, withoutNames), profile] as const;
  }),
);

/** Of a shape, all but the ports' names and the number of links. */
function withoutNames(key: string, value: unknown): unknown {
  return ['port', 'election', 'perPair'].includes(key) ? undefined : value;
}

for (const profile of SHAPES.values()) {
  test(`${profile.name}: judging takes time in proportion to what a neighbour puts into the table`, () => {
    const outgrown = CROWDS.flatMap((crowd, at) => {
      const membership = MEMBERSHIPS[at % MEMBERSHIPS.length] ?? 'literal';
      const pace = at % 3 === 0 ? 'look-once' : 'agent';
      return outgrowth(profile, crowd, ROWS, { membership, pace, knowsPod: at % 5 > 0 }) ?? [];
    });
    assert.deepEqual(outgrown, []);
  });
}
