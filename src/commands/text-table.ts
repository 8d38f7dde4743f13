import { hanging, wrap } from '../layout.ts';

/** What the last column keeps of a terminal before the rows are written as records. */
const LEAST_LAST = 20;
const GAP = '  ';

/**
 * A table in lines of at most `width`: columns as wide as their widest cell, numbers to the right. Where that is
 * too wide its last column is broken into lines, and where even that does not help each row is a record: its first
 * two cells, then every other one after its title, without the empty ones (`-`). The first line is the head, but
 * records have none.
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): { readonly head: string | null; readonly lines: readonly string[] } {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP.length, 0);
  const last = widths.at(-1) ?? 0;
  if (before + last > width && width - before < LEAST_LAST) {
    return { head: null, lines: rows.flatMap((row) => record(head, row, width)) };
  }
  const isNumeric = head.map((_, at) => rows.every((row) => /^[\d.-]+m?s?$/.test(row[at] ?? '')));
  const joined = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        const wide = widths[at] ?? 0;
        return isNumeric[at] === true ? cell.padStart(wide) : cell.padEnd(wide);
      })
      .join(GAP);
  const line = (cells: readonly string[]): readonly string[] => {
    const text = joined(cells).trimEnd();
    if (text.length <= width) return [text];
    return hanging(joined(cells.slice(0, -1)) + GAP, ' '.repeat(before), cells.at(-1) ?? '', width);
  };
  return { head: joined(head).trimEnd(), lines: rows.flatMap(line) };
}

const RECORD_INDENT = '  ';

function record(
  head: readonly string[],
  [first = '', second = '', ...others]: readonly string[],
  width: number,
): readonly string[] {
  const known = others.flatMap((cell, at) => {
    const title = head[at + 2] ?? '';
    return cell === '-' ? [] : [title === '' ? cell : `${title} ${cell}`];
  });
  // A title stays with its value: a space that must not break is put in for the length of the wrapping.
  const text = known.map((part) => part.replaceAll(' ', NO_BREAK)).join(', ');
  return [
    `${first} ${second}`.trimEnd(),
    ...(known.length === 0 ? [] : wrap(text, width - RECORD_INDENT.length)).map(
      (line) => RECORD_INDENT + line.replaceAll(NO_BREAK, ' '),
    ),
  ];
}

const NO_BREAK = '\u00a0';
