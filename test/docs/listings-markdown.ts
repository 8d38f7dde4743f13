import { READ_FORMATS, REFUSED_FORMATS } from '../../src/listings/formats.ts';
import { code, markdownTable } from './markdown-table.ts';

/** What `scan --input` reads, and what it refuses by its name. */
export function listingsMarkdown(): string {
  const read = markdownTable(
    ['Read', 'Systems', 'Commands', 'Does not say'],
    Object.values(READ_FORMATS).map(({ name, systems, commands, lacks }) => [
      name,
      systems,
      commands,
      lacks,
    ]),
  );
  const refused = markdownTable(
    ['Refused by its name', 'Run instead'],
    REFUSED_FORMATS.map(({ name, run }) => [name, code(run)]),
  );
  return `${read}\n${refused}`;
}
