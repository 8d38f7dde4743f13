/** How a tool writes its patterns: alternatives as `\|` or as `|`, or no pattern at all. */
export type Syntax = 'basic' | 'extended' | 'literal';

const MAX_PATTERN_CHARS = 200;
/** Each repetition multiplies the worst time by the length of a row, which is a hundred characters. */
const MAX_REPETITIONS = 2;

const CLASSES: ReadonlyMap<string, string> = new Map([
  ['[:space:]', '\\s'],
  ['[:blank:]', ' \\t'],
  ['[:digit:]', '\\d'],
  ['[:alpha:]', 'A-Za-z'],
  ['[:alnum:]', 'A-Za-z\\d'],
]);

/**
 * A pattern of `grep` and its kin as a regular expression that cannot run long: literals, classes, groups,
 * alternatives, anchors and two simple repetitions. `null` for a pattern beyond that.
 */
export function patternOf(
  source: string,
  syntax: Syntax,
  ignoreCase: boolean,
  word: boolean,
): RegExp | null {
  if (source.length > MAX_PATTERN_CHARS) return null;
  const body =
    syntax === 'literal' ? escapeLiteral(source) : translated(source, syntax === 'extended');
  if (body === null) return null;
  try {
    return new RegExp(word ? `(?<!\\w)(?:${body})(?!\\w)` : body, ignoreCase ? 'i' : '');
  } catch {
    return null;
  }
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** One element of a pattern, as a regular expression writes it. */
interface Element {
  readonly regex: string;
  /** How much of the pattern it takes. */
  readonly chars: number;
  /** Whether a repetition may follow. */
  readonly repeatable: boolean;
}

function translated(source: string, extended: boolean): string | null {
  let out = '';
  let repetitions = 0;
  let repeatable = false;
  for (let at = 0; at < source.length; ) {
    const char = source.charAt(at);
    const repeats = isRepetition(char, extended) && !(char === '*' && out === '');
    if (repeats && !repeatable) return null;
    const element = repeats ? one(char, false) : elementAt(source, at, extended);
    if (element === null) return null;
    if (repeats && char !== '?') repetitions += 1;
    if (repetitions > MAX_REPETITIONS) return null;
    out += element.regex;
    repeatable = element.repeatable;
    at += element.chars;
  }
  return out;
}

function isRepetition(char: string, extended: boolean): boolean {
  return char === '*' || (extended && (char === '+' || char === '?'));
}

function elementAt(source: string, at: number, extended: boolean): Element | null {
  const char = source.charAt(at);
  if (char === '[') return classAt(source, at);
  if (char === '\\') {
    const regex = escapeOf(source.charAt(at + 1), extended);
    return regex === null ? null : { regex, chars: 2, repeatable: false };
  }
  // A star comes here only at the beginning of a pattern, where it stands for itself.
  if (char === '*') return one('\\*', false);
  if (extended && char === '{') return null;
  if (extended && char === '(') return one('(?:', false);
  if (extended && (char === ')' || char === '|')) return one(char, false);
  if (char === '^' || char === '$') return one(char, false);
  return one(char === '.' ? char : escapeLiteral(char), true);
}

function one(regex: string, repeatable: boolean): Element {
  return { regex, chars: 1, repeatable };
}

function classAt(source: string, at: number): Element | null {
  const end = endOfClass(source, at);
  const regex = end === -1 ? null : classOf(source.slice(at, end + 1));
  return regex === null ? null : { regex, chars: end + 1 - at, repeatable: true };
}

function escapeOf(char: string, extended: boolean): string | null {
  if (char === '') return null;
  if (/[sSdDwWb]/.test(char)) return `\\${char}`;
  if (char === '<' || char === '>') return '\\b';
  if (char === 't') return '\\t';
  if (!extended && char === '|') return '|';
  if (!extended && (char === '(' || char === ')')) return char === '(' ? '(?:' : ')';
  if (/[a-z\d{}+?]/i.test(char)) return null;
  return escapeLiteral(char);
}

/** Where the class that begins at `from` ends; a `]` right at its beginning is one of its characters. */
function endOfClass(source: string, from: number): number {
  let at = from + 1;
  if (source.charAt(at) === '^') at += 1;
  if (source.charAt(at) === ']') at += 1;
  while (at < source.length && source.charAt(at) !== ']') {
    const named = source.startsWith('[:', at) ? source.indexOf(':]', at + 2) : -1;
    at = named === -1 ? at + 1 : named + 2;
  }
  return at < source.length ? at : -1;
}

function classOf(text: string): string | null {
  const negated = text.charAt(1) === '^';
  let inner = text.slice(negated ? 2 : 1, -1);
  for (const [name, characters] of CLASSES) inner = inner.replaceAll(name, characters);
  if (inner === '' || /\[[:.=]/.test(inner)) return null;
  return `[${negated ? '^' : ''}${inner.replace(/\\(?![sdt])/g, '\\\\').replace(/[[\]]/g, '\\$&')}]`;
}
