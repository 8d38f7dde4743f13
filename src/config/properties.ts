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
  let begun: { line: number; text: string } | null = null;
  for (const [index, written] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = written.replace(/^[ \t\f]+/, '');
    if (begun === null && /^(?:[#!]|$)/.test(trimmed)) continue;
    const line: number = begun?.line ?? index + 1;
    const joined: string = (begun?.text ?? '') + trimmed;
    if (isContinued(trimmed)) {
      begun = { line, text: joined.slice(0, -1) };
      continue;
    }
    begun = null;
    properties.push(propertyIn(line, joined));
  }
  if (begun !== null) properties.push(propertyIn(begun.line, begun.text));
  return properties;
}

/** Whether a line ends with a backslash that is not itself escaped. */
function isContinued(text: string): boolean {
  const backslashes = text.length - text.replace(/\\+$/, '').length;
  return backslashes % 2 === 1;
}

function propertyIn(line: number, text: string): Property {
  const end = text.search(/[=: \t\f]/);
  const key = end === -1 ? text : text.slice(0, end);
  const rest = end === -1 ? '' : text.slice(end);
  return { line, key, value: rest.replace(/^[ \t\f]*[=:]?/, '').trim() };
}
