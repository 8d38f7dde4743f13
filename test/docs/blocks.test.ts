import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocks, readPage, withBlock } from './blocks.ts';
import { reportFields } from './report-markdown.ts';

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

test('every field of the report says what it means', () => {
  const fields = reportFields();
  assert.ok(fields.some(({ path }) => path === 'ports[].listener.reach'));
  const silent = fields.filter(({ isLeaf, meaning }) => isLeaf && meaning === '');
  assert.deepEqual(silent, []);
});
