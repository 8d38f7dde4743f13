/** One setting of a Java properties file. */
export interface Property {
  /** The number of its first line, counted from 1. */
  readonly line: number;
  readonly key: string;
  readonly value: string;
}

/**
 * The settings of a file in the format of `java.util.Properties`, in the file's order: comments begin with
 * # or !, a backslash at the end of a line continues it, and a key ends at the first =, : or blank.
 * Escapes within a line stay as they are written.
 */
export function readProperties(text: string): readonly Property[] {
  const properties: Property[] = [];
  let begun: { line: number; parts: string[] } | null = null;
  for (const [index, written] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = written.replace(/^[ \t\f]+/, '');
    if (begun === null && /^(?:[#!]|$)/.test(trimmed)) continue;
    // A continued line of nothing begins nothing: what follows it may still be a comment.
    if (begun === null && trimmed === '\\') continue;
    begun ??= { line: index + 1, parts: [] };
    if (isContinued(trimmed)) {
      begun.parts.push(trimmed.slice(0, -1));
      continue;
    }
    begun.parts.push(trimmed);
    properties.push(propertyIn(begun));
    begun = null;
  }
  if (begun !== null) properties.push(propertyIn(begun));
  return properties;
}

/** Whether a line ends with a backslash that is not itself escaped. */
function isContinued(text: string): boolean {
  let end = text.length;
  while (text[end - 1] === '\\') end -= 1;
  return (text.length - end) % 2 === 1;
}

function propertyIn({ line, parts }: { line: number; parts: readonly string[] }): Property {
  const text = parts.join('');
  const end = text.search(/[=: \t\f]/);
  const key = end === -1 ? text : text.slice(0, end);
  const rest = end === -1 ? '' : text.slice(end);
  return { line, key, value: rest.replace(/^[ \t\f]*[=:]?/, '').trim() };
}

/** What a setting is set to at last; `null` where it is not set. */
export function lastValue(properties: readonly Property[], key: string): string | null {
  return properties.findLast((property) => property.key === key)?.value ?? null;
}
