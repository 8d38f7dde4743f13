import { patternOf, type Syntax } from './pattern.ts';
import type { Sample } from './sample.ts';

/** Whether a row passes one command of a pipeline; `null` stands for a command that is not understood. */
export type Filter = ((sample: Sample) => boolean) | null;

/** Commands that pass every row on. */
const NEUTRAL: ReadonlySet<string> = new Set(
  'sort cat more less most tee column nl tac sudo uniq expand unexpand dos2unix fold'.split(' '),
);

const ALL: Filter = () => true;

/** The filter that one command after a pipe is, behind a tool that prints so many lines of header. */
export function filterOf(words: readonly string[], headerLines = 1): Filter {
  const [command = '', ...rest] = words[0] === 'sudo' ? words.slice(1) : words;
  const name = (command.split(/[\\/]/).at(-1) ?? command).toLowerCase().replace(/\.exe$/, '');
  if (/^(?:z|e|f)?grep$|^rg$|^ag$/.test(name)) return grep(name, rest);
  if (/^(?:g|m|n)?awk$/.test(name)) return awk(rest);
  if (name === 'findstr' || name === 'find') return findstr(rest, name === 'findstr');
  if (name === 'select-string' || name === 'sls') return selectString(rest);
  if (name === 'sed') return sed(rest);
  if (name === 'tail') {
    const from = /^(?:-n ?)?\+(\d)$/.exec(rest.join(' '))?.[1];
    return from !== undefined && Number(from) <= headerLines + 1 ? ALL : null;
  }
  return NEUTRAL.has(name) ? ALL : null;
}

/** Rows in which one of the patterns is found. */
function anyOf(patterns: readonly (RegExp | null)[], inverted = false): Filter {
  const known = patterns.filter((pattern) => pattern !== null);
  if (known.length === 0 || known.length < patterns.length) return null;
  return ({ text }) => known.some((pattern) => pattern.test(text)) !== inverted;
}

function grep(name: string, words: readonly string[]): Filter {
  const { flags, sources } = grepWords(words);
  // What prints no rows, or only some of those that fit.
  if (['c', 'o', 'q', 'l', 'm'].some((flag) => flags.has(flag)) || sources.length === 0)
    return null;
  const syntax = grepSyntax(name, flags);
  const patterns = sources.map((source) =>
    patternOf(source, syntax, flags.has('i'), flags.has('w')),
  );
  return anyOf(patterns, flags.has('v'));
}

function grepSyntax(name: string, flags: ReadonlySet<string>): Syntax {
  if (flags.has('F')) return 'literal';
  if (flags.has('E') || flags.has('P')) return 'extended';
  if (name === 'fgrep') return 'literal';
  return name === 'grep' || name === 'zgrep' ? 'basic' : 'extended';
}

/** The flags, long ones by their letter, and the patterns: those of `-e`, else the first plain word. */
function grepWords(words: readonly string[]): { flags: Set<string>; sources: string[] } {
  const flags = new Set<string>();
  const sources: string[] = [];
  const plain: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word.startsWith('--')) {
      const [option = '', value] = word.split('=', 2);
      if (option === '--regexp' && value !== undefined) sources.push(value);
      for (const [long, short] of LONG_GREP) if (option === long) flags.add(short);
    } else if (word.startsWith('-') && word.length > 1) {
      for (const flag of word.slice(1)) flags.add(flag);
      if (/[eABCm]$/.test(word)) at += 1;
      if (word.endsWith('e')) sources.push(words[at] ?? '');
    } else plain.push(word);
  }
  if (sources.length > 0) return { flags, sources };
  const [source] = plain;
  // The shell's own parentheses were split off: an unquoted pattern, which the tool never got.
  return { flags, sources: source === undefined || source === '(' ? [] : [source] };
}

const LONG_GREP: readonly (readonly [string, string])[] = [
  ['--extended-regexp', 'E'],
  ['--fixed-strings', 'F'],
  ['--ignore-case', 'i'],
  ['--invert-match', 'v'],
  ['--word-regexp', 'w'],
  ['--count', 'c'],
  ['--only-matching', 'o'],
];

/** `/PATTERN/`, `$N ~ /PATTERN/` and `$N == "TEXT"`, with or without `{print …}`. */
function awk(words: readonly string[]): Filter {
  const program = words.find((word) => !word.startsWith('-')) ?? '';
  const condition = program.replace(/\{[^{}]{0,120}\}\s*$/, '').trim();
  if (condition === '') return /\{\s*print\b/.test(program) ? ALL : null;
  const found = /^\/([^/]{1,200})\/$/.exec(condition);
  if (found !== null) return anyOf([patternOf(found[1] ?? '', 'extended', false, false)]);
  const column = /^\$(\d)\s*(~|==)\s*(?:\/([^/]{1,200})\/|"([^"]{0,100})")$/.exec(condition);
  if (column === null) return null;
  const [, number, operator, pattern, text = ''] = column;
  const regex = patternOf(
    pattern ?? text,
    pattern === undefined ? 'literal' : 'extended',
    false,
    false,
  );
  if (regex === null) return null;
  return (sample) => {
    const cell = sample.text.trim().split(/\s+/)[Number(number) - 1] ?? '';
    return operator === '==' ? cell === text : regex.test(cell);
  };
}

function sed(words: readonly string[]): Filter {
  const printed = words.includes('-n') ? /^\/([^/]{1,200})\/p$/.exec(words.at(-1) ?? '') : null;
  return printed === null ? null : anyOf([patternOf(printed[1] ?? '', 'basic', false, false)]);
}

/** `findstr "2181 2888"` finds either; `find "2181"` finds the text. */
function findstr(words: readonly string[], several: boolean): Filter {
  const options = words.filter((word) => /^\/[a-z]$/i.test(word)).map((word) => word.toLowerCase());
  const exact = words.flatMap((word) =>
    /^\/c:/i.test(word) ? [word.slice(3).replace(/"/g, '')] : [],
  );
  const [plain] = words.filter((word) => !word.startsWith('/'));
  const texts =
    exact.length > 0 ? exact : plain === undefined ? [] : several ? plain.split(' ') : [plain];
  const patterns = texts
    .filter((text) => text !== '')
    .map((text) =>
      patternOf(
        text,
        several && exact.length === 0 ? 'basic' : 'literal',
        options.includes('/i'),
        false,
      ),
    );
  return anyOf(patterns, options.includes('/v'));
}

function selectString(words: readonly string[]): Filter {
  const literal = words.some((word) => /^-simplematch$/i.test(word));
  const source = words.find((word) => !word.startsWith('-'));
  if (source === undefined) return null;
  const sources = source.split(',');
  const inverted = words.some((word) => /^-notmatch$/i.test(word));
  return anyOf(
    sources.map((one) => patternOf(one, literal ? 'literal' : 'extended', true, false)),
    inverted,
  );
}
