import assert from 'node:assert/strict';
import test from 'node:test';
import { unservedIn } from './queries.ts';

test('a query of what the probe serves passes', () => {
  const query = 'max by (pod) (quorum_probe_finding{code=~"stalled-link|no-quorum",pod="a"}) == 1';
  assert.deepEqual(unservedIn(query), []);
});

test('a metric, a label and a finding that the probe does not serve are named', () => {
  const query =
    'quorum_probe_gone + quorum_probe_ready{colour="red"} + quorum_probe_finding{code="x"}';
  assert.deepEqual(unservedIn(query), [
    'metric quorum_probe_gone',
    'label colour of quorum_probe_ready',
    'x',
  ]);
});
