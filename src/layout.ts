/** The width that text for a terminal is laid out for. */
export const WIDTH = 100;

const LEFT_WIDTH = 30;

/** Two aligned columns; a left part too wide for its column gets a line of its own. */
export function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const indent = ' '.repeat(LEFT_WIDTH);
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, WIDTH - LEFT_WIDTH);
    const start = `  ${left}`;
    const head =
      start.length < LEFT_WIDTH - 1 ? [start.padEnd(LEFT_WIDTH) + first] : [start, indent + first];
    return [...head, ...rest.map((line) => indent + line)];
  });
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
