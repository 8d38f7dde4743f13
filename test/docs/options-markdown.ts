import { DIAGNOSE_OPTIONS } from '../../src/config/diagnose-options.ts';
import { flagsWithValue, flagWithValue } from '../../src/config/help.ts';
import { INJECT_OPTIONS } from '../../src/config/inject-options.ts';
import { ALL_OPTIONS, variableOf } from '../../src/config/options.ts';
import { code, markdownTable } from './markdown-table.ts';

/** Every option as a Markdown table, for the documentation to hold and a test to compare. */
export function optionsMarkdown(): string {
  return markdownTable(
    ['Option', 'Default', 'Variable', 'Commands', 'Meaning'],
    ALL_OPTIONS.map((option) => [
      code(flagWithValue(option)),
      option.value === null || option.default === null ? '' : code(option.default),
      code(variableOf(option)),
      option.commands.join(', '),
      option.help,
    ]),
  );
}

/** The options of `diagnose` as a Markdown table. */
export function diagnoseOptionsMarkdown(): string {
  return markdownTable(
    ['Option', 'Meaning'],
    DIAGNOSE_OPTIONS.map((option) => [code(flagsWithValue(option)), option.help]),
  );
}

/** The options of `inject` as a Markdown table. */
export function injectOptionsMarkdown(): string {
  return markdownTable(
    ['Option', 'Meaning'],
    INJECT_OPTIONS.map((option) => [code(flagWithValue(option)), option.help]),
  );
}
