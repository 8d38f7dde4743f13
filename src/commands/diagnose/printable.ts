const LONGEST_LINE = 300;

/** A stranger's words as one line of bounded length that cannot steer a terminal. */
export function printable(text: string, mostChars = LONGEST_LINE): string {
  const line = text
    .slice(0, mostChars * 2)
    .replace(/\s+/g, ' ')
    .replace(/[^\P{C}]/gu, '?')
    .trim();
  return line.length > mostChars ? `${line.slice(0, mostChars)}…` : line;
}
