import { READ_FORMATS, REFUSED_FORMATS } from '../../src/listings/formats.ts';
import { markdownTable } from './markdown-table.ts';

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
  const refused = REFUSED_FORMATS.map(({ name }) => name).join(', ');
  return `${read}\nRefused, with the command to run instead: ${refused}.\n`;
}
