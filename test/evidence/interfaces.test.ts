import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchInterfaces } from '../../src/evidence/interfaces.ts';

test('where the kernel refuses to list addresses, they are not known, and describing says why', async () => {
  const watch = watchInterfaces(
    '/proc',
    () => {
      throw new Error('uv_interface_addresses returned EPERM');
    },
    () => Promise.resolve(new Map()),
  );
  assert.equal(watch.addresses(), null);
  assert.deepEqual(watch.interfaces(), []);
  await assert.rejects(watch.describe(), /EPERM/);
});
