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

function translated(source: string, extended: boolean): string | null {
  let out = '';
  let repetitions = 0;
  /** What stands before: whether it may be repeated. */
  let repeatable = false;
  let at = 0;
  while (at < source.length) {
    const char = source.charAt(at);
    const next = source.charAt(at + 1);
    if (char === '[') {
      const end = endOfClass(source, at);
      const klass = end === -1 ? null : classOf(source.slice(at, end + 1));
      if (klass === null) return null;
      out += klass;
      at = end;
      repeatable = true;
    } else if (char === '\\') {
      const escaped = escapeOf(next, extended);
      if (escaped === null) return null;
      out += escaped;
      at += 1;
      repeatable = false;
    } else if (extended && (char === '(' || char === ')' || char === '|')) {
      out += char === '(' ? '(?:' : char;
      repeatable = false;
    } else if (char === '*' || (extended && (char === '+' || char === '?'))) {
      // A star at the beginning of a basic pattern stands for itself.
      const literal = !repeatable && out === '' && char === '*';
      if (!repeatable && !literal) return null;
      out += literal ? '\\*' : char;
      if (!literal && char !== '?') repetitions += 1;
      repeatable = false;
    } else if (extended && char === '{') {
      return null;
    } else {
      out += char === '.' || char === '^' || char === '$' ? char : escapeLiteral(char);
      repeatable = char !== '^' && char !== '$';
    }
    if (repetitions > MAX_REPETITIONS) return null;
    at += 1;
  }
  return out;
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
