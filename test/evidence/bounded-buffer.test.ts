import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundedBuffer } from '../../src/evidence/bounded-buffer.ts';

test('what fits comes out as it went in, however it was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 20 }), (chunks) => {
      const all = Buffer.concat(chunks);
      const buffer = boundedBuffer(all.length);
      assert.ok(chunks.every((chunk) => buffer.add(chunk)));
      assert.equal(buffer.size(), all.length);
      assert.equal(buffer.text(), all.toString());
    }),
  );
});

test('one byte too many is refused and nothing is kept', () => {
  const buffer = boundedBuffer(3);
  assert.equal(buffer.add(Buffer.from('abc')), true);
  assert.equal(buffer.add(Buffer.from('d')), false);
  assert.equal(buffer.text(), '');
});
