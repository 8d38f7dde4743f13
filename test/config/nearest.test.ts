import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { didYouMean, editDistance, nearest } from '../../src/config/nearest.ts';

test('insertions, deletions, replacements and swaps each count as one edit', () => {
  assert.equal(editDistance('members', 'members'), 0);
  assert.equal(editDistance('member', 'members'), 1);
  assert.equal(editDistance('memberss', 'members'), 1);
  assert.equal(editDistance('nembers', 'members'), 1);
  assert.equal(editDistance('mebmers', 'members'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(editDistance('', 'abc'), 3);
});

test('a distance is the same both ways and at most the longer word', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.ok(editDistance(a, b) <= Math.max(a.length, b.length));
      assert.equal(editDistance(a, b) === 0, a === b);
    }),
  );
});

test('the nearest candidate is the near one with the fewest edits, the first of equals', () => {
  assert.equal(nearest('--memebers', ['--mesh', '--members', '--members-file']), '--members');
  assert.equal(nearest('--no-bootstrap', ['--bootstrap', '--proc']), '--bootstrap');
  assert.equal(nearest('podName', ['pod-name', 'pod-ip']), 'pod-name');
  assert.equal(nearest('zoo', ['etcd', 'zookeeper']), 'zookeeper');
  assert.equal(nearest('x', []), null);
});

test('what is far from every candidate gets no suggestion', () => {
  const profiles = ['zookeeper', 'cassandra', 'elasticsearch', 'etcd', 'nifi', 'rabbitmq'];
  assert.equal(nearest('zk', profiles), null);
  assert.equal(nearest('consul', profiles), null);
  assert.equal(nearest('-x', ['--ask', '--json', '--proc']), null);
  assert.equal(didYouMean('zk', profiles, 'see the list'), 'see the list');
  assert.equal(didYouMean('etdc', profiles, 'see the list'), 'did you mean etcd?');
});
