/** `npm run docs`: writes into the pages what is made from the code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocks, readPage, withBlock } from './blocks.ts';

for (const block of await blocks()) {
  const before = readPage(block.page);
  const after = withBlock(before, block);
  if (after === before) continue;
  writeFileSync(join(import.meta.dirname, '../..', block.page), after);
  process.stdout.write(`${block.page}: ${block.name} written\n`);
}
