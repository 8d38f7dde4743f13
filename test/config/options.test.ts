import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_OPTIONS, variableOf } from '../../src/config/options.ts';

test('names are unique, lower case, and give the variable', () => {
  const names = ALL_OPTIONS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
  const podName = ALL_OPTIONS.find(({ name }) => name === 'pod-name');
  assert.ok(podName);
  assert.equal(variableOf(podName), 'QUORUM_PROBE_POD_NAME');
});

test('every default is a value that its own option takes', () => {
  for (const { name, type, default: byDefault } of ALL_OPTIONS) {
    if (byDefault !== null) assert.doesNotThrow(() => type.parse(byDefault), name);
  }
});
