import { parseArgs } from 'node:util';

/** An option as the words of a command give it. */
export interface OptionWord<Option> {
  /** `null` where the command has no such option. */
  readonly option: Option | null;
  /** As it was written: `--name` or `-n`. */
  readonly written: string;
  /** The whole word that gave it. */
  readonly word: string;
  readonly value: string | undefined;
  /** Whether the value stood in the same word. */
  readonly inline: boolean;
}

interface Named {
  readonly name: string;
  /** The letter that stands for it, where there is one. */
  readonly short?: string | null;
  /** What stands for the value in help; `null` for a flag. */
  readonly value: string | null;
}

/** Tells options and other words apart, in their order; what is wrong with them the caller says. */
export function optionWords<Option extends Named>(
  words: readonly string[],
  options: readonly Option[],
): { readonly given: readonly OptionWord<Option>[]; readonly others: readonly string[] } {
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(options.map((option) => [option.name, kindOf(option)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens
    .filter((token) => token.kind === 'option')
    .map(({ rawName, index, value, inlineValue }) => ({
      option: options.find((option) => isNamed(option, rawName)) ?? null,
      written: rawName,
      word: words[index] ?? rawName,
      value,
      inline: inlineValue === true,
    }));
  const others = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  return { given, others };
}

function kindOf({ short, value }: Named) {
  return {
    type: value === null ? ('boolean' as const) : ('string' as const),
    ...(short ? { short } : {}),
  };
}

function isNamed({ name, short }: Named, written: string): boolean {
  return written === `--${name}` || (Boolean(short) && written === `-${short}`);
}
