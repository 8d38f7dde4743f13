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

test('addresses are listed anew when they are described, and not for each report', async () => {
  let address = '10.0.0.1';
  let listings = 0;
  const watch = watchInterfaces(
    '/proc',
    () => {
      listings += 1;
      const family = { family: 'IPv4', netmask: '', mac: '', internal: false, cidr: null } as const;
      return { eth0: [{ ...family, address }] };
    },
    () => Promise.resolve(new Map()),
  );
  assert.deepEqual(watch.addresses(), ['10.0.0.1']);
  address = '10.0.0.2';
  assert.deepEqual(watch.addresses(), ['10.0.0.1']);
  assert.equal(watch.interfaces()[0]?.name, 'eth0');
  assert.equal(listings, 1);
  await watch.describe();
  assert.deepEqual(watch.addresses(), ['10.0.0.2']);
});
