/** The width that text is laid out for where there is no terminal, and the most that is used of one. */
export const WIDTH = 100;
/** The least that text is laid out for, however narrow the terminal is. */
export const LEAST_WIDTH = 50;
/** Below this, text beside a column of names would stand word by word. */
const NARROW = 80;

/** The width to lay text out for: `COLUMNS` of the environment, else the terminal's, within bounds. */
export function textWidth(columns: string | undefined, terminal: number | undefined): number {
  const given = /^[1-9]\d{0,5}$/.test(columns ?? '') ? Number(columns) : (terminal ?? WIDTH);
  return Math.min(Math.max(given, LEAST_WIDTH), WIDTH);
}

const LEFT_WIDTH = 30;
const NARROW_INDENT = '      ';

/** Two aligned columns; a left part too wide for its column gets a line of its own, and so do all where it is narrow. */
export function columns(
  rows: readonly (readonly [string, string])[],
  width: number,
): readonly string[] {
  return width < NARROW ? stacked(rows, width) : beside(rows, width);
}

function beside(rows: readonly (readonly [string, string])[], width: number): readonly string[] {
  const indent = ' '.repeat(LEFT_WIDTH);
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, width - LEFT_WIDTH);
    const start = `  ${left}`;
    const head =
      start.length < LEFT_WIDTH - 1 ? [start.padEnd(LEFT_WIDTH) + first] : [start, indent + first];
    return [...head, ...rest.map((line) => indent + line)];
  });
}

function stacked(rows: readonly (readonly [string, string])[], width: number): readonly string[] {
  return rows.flatMap(([left, right]) => [
    `  ${left}`,
    ...wrap(right, width - NARROW_INDENT.length).map((line) => NARROW_INDENT + line),
  ]);
}

/** Lines of at most `width`, broken between words; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `first` and then the text in lines of at most `width`, all but the first after `rest`. */
export function hanging(
  first: string,
  rest: string,
  text: string,
  width: number,
): readonly string[] {
  return wrap(text, width - Math.max(first.length, rest.length)).map(
    (line, at) => (at === 0 ? first : rest) + line,
  );
}
