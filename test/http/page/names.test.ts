import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitted, fittedApart } from '../../../src/http/page/names.ts';
import { shortNames } from '../../../src/model/short-names.ts';

test('ordinals survive the shortening of long names', () => {
  const names = Array.from(
    { length: 12 },
    (_, n) => `acme-payments-zookeeper-production-bookkeeper-${n}`,
  );
  const fit = fittedApart(names, 17);
  assert.equal(fit(names[11] ?? ''), 'acme-pay…eeper-11');
  assert.equal(new Set(names.map(fit)).size, 12);
});

test('IPv6 addresses that differ in the middle alone are told apart', () => {
  const addresses = [1, 2, 3].map((n) => `2001:db8:85a3:8d${n}f:1319:8a2e:370:7348`);
  assert.equal(new Set(addresses.map((one) => fitted(one, 17))).size, 1, 'their ends are alike');
  const fit = fittedApart(addresses, 17);
  assert.equal(new Set(addresses.map(fit)).size, 3);
  for (const one of addresses) assert.ok(Array.from(fit(one)).length <= 17);
});

test('a text that fits is left as it is, and none is longer than its room', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { minLength: 1 }), (texts) => {
      const fit = fittedApart(texts, 12);
      for (const text of texts) {
        if (Array.from(text).length <= 12) assert.equal(fit(text), text);
        assert.ok(Array.from(fit(text)).length <= 12);
      }
    }),
  );
});

test('a first label that two members share tells nobody apart', () => {
  const short = shortNames(['zk-0.a.prod', 'zk-0.b.prod', 'zk-1.a.prod', '10.0.0.1', 'fd00::1']);
  assert.equal(short('zk-0.a.prod'), 'zk-0.a.prod');
  assert.equal(short('zk-1.a.prod'), 'zk-1');
  assert.equal(short('10.0.0.1'), '10.0.0.1');
  assert.equal(short('fd00::1'), 'fd00::1');
});
