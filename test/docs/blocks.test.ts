import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileJsonSchema } from '../../src/config/profile-schema.ts';
import { reportJsonSchema } from '../../src/model/report-schema.ts';
import { blocks, readPage, withBlock } from './blocks.ts';
import { schemaFields } from './schema-markdown.ts';

for (const block of await blocks()) {
  test(`${block.page} has the ${block.name} as the code has them ("npm run docs" writes them)`, () => {
    const page = readPage(block.page);
    assert.equal(page, withBlock(page, block));
  });
}

test('a block is replaced whole, and a page without it is told', () => {
  const block = { page: '', name: 'figures', text: 'new\n' };
  const page = 'a\n<!-- begin figures -->\nold\n<!-- end figures -->\nb\n';
  const written = 'a\n<!-- begin figures -->\n\nnew\n\n<!-- end figures -->\nb\n';
  assert.equal(withBlock(page, block), written);
  assert.equal(withBlock(written, block), written);
  assert.throws(() => withBlock('a\n', block), /no block "<!-- begin figures -->"/);
  assert.throws(() => withBlock(page + page, block), /twice/);
});

test('every field of a report and of a profile says what it means', () => {
  const fields = [reportJsonSchema(), profileJsonSchema()].flatMap(schemaFields);
  for (const path of ['ports[].listener.reach', 'ports[].links']) {
    assert.ok(
      fields.some((field) => field.path === path),
      path,
    );
  }
  const silent = fields.filter(({ isLeaf, meaning }) => isLeaf && meaning === '');
  assert.deepEqual(silent, []);
});
