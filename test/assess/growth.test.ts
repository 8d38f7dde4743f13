import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '../../src/profiles/index.ts';
import { CROWDS, type Crowd } from '../hostile/crowds.ts';
import { judgingOf, outgrowth } from '../hostile/judging.ts';

function crowd(name: string): Crowd {
  const found = CROWDS.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

function profile(name: string) {
  const found = PROFILES.get(name);
  assert.ok(found, name);
  return found;
}

test('2,000 connections of a neighbour to one address are judged in proportion: they took 15 s', () => {
  assert.equal(outgrowth(profile('kafka-kraft'), crowd('out to one peer'), 2_048), null);
});

test('so are links to thousands of members', () => {
  const given = { membership: 'thousands' } as const;
  assert.equal(outgrowth(profile('etcd'), crowd('in from all addresses'), 2_048, given), null);
});

for (const name of PROFILES.keys()) {
  test(`${name}: what the report says of a crowd is bounded`, () => {
    for (const one of CROWDS.filter(({ name }) => /all addresses|listeners|in turn/.test(name))) {
      const judging = judgingOf(profile(name), one, 1_024, { knowsPod: false });
      judging.once();
      const text = JSON.stringify(judging.once());
      assert.ok(text.length < 100_000, `${one.name}: ${text.length} characters`);
    }
  });
}
