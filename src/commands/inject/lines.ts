/** The end of the line on which `offset` stands, before its line break; of the text where it is the last. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  if (feed === -1) return text.length;
  return feed > offset && text[feed - 1] === '\r' ? feed - 1 : feed;
}

/** Where the line begins on which `offset` stands. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The line break of a text, as its first line has it. */
export function lineBreak(text: string): '\n' | '\r\n' {
  const feed = text.indexOf('\n');
  return feed > 0 && text[feed - 1] === '\r' ? '\r\n' : '\n';
}

/** The length of the line break at an offset; 0 at the end of the text. */
export function breakLength(text: string, offset: number): number {
  if (text[offset] === '\r') return 2;
  return offset < text.length ? 1 : 0;
}

/** The length of the line break before an offset at which a line begins. */
export function breakLengthBefore(text: string, offset: number): number {
  if (offset === 0) return 0;
  return text[offset - 2] === '\r' ? 2 : 1;
}

/** The end of the line on which an entry ends; the text of a block scalar ends behind its last line break. */
export function lastLineEnd(text: string, end: number): number {
  return text[end - 1] === '\n' ? end - breakLengthBefore(text, end) : lineEnd(text, end);
}

/**
 * Where lines can be added behind an entry of a block collection: at the end of its line, behind the
 * comment lines that follow at once and are indented further than `column`.
 */
export function behind(text: string, end: number, column: number): number {
  let place = lastLineEnd(text, end);
  for (;;) {
    const next = place + breakLength(text, place);
    if (next === place) return place;
    const stop = lineEnd(text, next);
    const indent = /^( *)#/.exec(text.slice(next, stop))?.[1];
    if (indent === undefined || indent.length <= column) return place;
    place = stop;
  }
}

export function indented(lines: readonly string[], column: number): readonly string[] {
  return lines.map((line) => ' '.repeat(column) + line);
}
