/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  const low = sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? Number.NaN;
  return (low + high) / 2;
}

/** Three significant digits where they say something: 0.052, 3.1, 42, 1250. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 10) return value.toFixed(0);
  return value >= 1 ? value.toFixed(1) : value.toFixed(2);
}

/** A Markdown table; the first column is text, the others are figures. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
