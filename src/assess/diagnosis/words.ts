/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function joined(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** The other members as one group, by their number where there are several. */
export function others(names: readonly string[]): string {
  if (names.length < 2) return joined(names);
  return names.length === 2 ? 'both others' : `all ${names.length} others`;
}
