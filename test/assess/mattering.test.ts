import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matteringRows } from '../../src/assess/mattering.ts';
import { EMPTY_MEMORY } from '../../src/assess/scene/observation.ts';
import { named } from './judging.ts';
import { published } from './observation.ts';

test('rows with members come first only once every member has an address', () => {
  const settings = { ensemble: named('zk-0', 'zk-1'), serverUids: [] };
  const first = published(0, '10.0.0.1');
  const some = matteringRows(settings, new Map([['zk-0', first]]), EMPTY_MEMORY);
  assert.equal(some.isMember, null);
  const all = new Map([
    ['zk-0', first],
    ['zk-1', published(0, '10.0.0.2')],
  ]);
  const { isMember } = matteringRows(settings, all, EMPTY_MEMORY);
  assert.deepEqual([isMember?.('10.0.0.2'), isMember?.('10.0.0.3')], [true, false]);
});
