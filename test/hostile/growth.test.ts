import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '../../src/profiles/index.ts';
import { CROWDS } from './crowds.ts';
import { MEMBERSHIPS, outgrowth } from './judging.ts';

const ROWS = 2048;

for (const profile of PROFILES.values()) {
  test(`${profile.name}: judging takes time in proportion to what a neighbour puts into the table`, () => {
    const outgrown = CROWDS.flatMap((crowd, at) => {
      const membership = MEMBERSHIPS[at % MEMBERSHIPS.length] ?? 'literal';
      const pace = at % 3 === 0 ? 'look-once' : 'agent';
      return outgrowth(profile, crowd, ROWS, { membership, pace, knowsPod: at % 5 > 0 }) ?? [];
    });
    assert.deepEqual(outgrown, []);
  });
}
