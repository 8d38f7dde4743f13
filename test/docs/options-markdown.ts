import { flagWithValue } from '../../src/config/help.ts';
import { ALL_OPTIONS, variableOf } from '../../src/config/options.ts';

/** Every option as a Markdown table, for the documentation to hold and a test to compare. */
export function optionsMarkdown(): string {
  const rows = ALL_OPTIONS.map((option) => [
    code(flagWithValue(option)),
    option.value === null || option.default === null ? '' : code(option.default),
    code(variableOf(option)),
    option.commands.join(', '),
    option.help,
  ]);
  return [
    ['Option', 'Default', 'Variable', 'Commands', 'Meaning'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}

function code(text: string): string {
  return `\`${text}\``;
}
