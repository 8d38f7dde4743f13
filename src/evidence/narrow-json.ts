export interface JsonLimits {
  /** Of all values together. */
  readonly maxValues: number;
  /** Of one array or object. */
  readonly maxEntries: number;
}

export type NarrowJson =
  | { readonly kind: 'json'; readonly value: unknown }
  /** `tooLarge`: it may well be JSON, but holds more than the limits allow. */
  | { readonly kind: 'refused'; readonly reason: string; readonly tooLarge: boolean };

/**
 * Parses a stranger's JSON of few values. A quarter of a megabyte of `{},` costs several megabytes
 * once parsed, and seconds in a schema that notes each fault of each; so the text is counted first.
 */
export function parseNarrowJson(text: string, limits: JsonLimits): NarrowJson {
  if (valuesAtMost(text) > limits.maxValues) {
    return refusedAsTooLarge(`the answer has more than ${limits.maxValues} values`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'refused', reason: 'the answer is not JSON', tooLarge: false };
  }
  if (widest(value) > limits.maxEntries) {
    return refusedAsTooLarge(`a list in the answer is longer than ${limits.maxEntries}`);
  }
  return { kind: 'json', value };
}

function refusedAsTooLarge(reason: string): NarrowJson {
  return { kind: 'refused', reason, tooLarge: true };
}

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Every value but the first follows a comma, an opening bracket or a key after an opening brace, none of
 * them within a string. Up to its first fault a text is read as `JSON.parse` reads it.
 */
function valuesAtMost(text: string): number {
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || code === OPEN_BRACKET || code === OPEN_BRACE) values += 1;
  }
  return values;
}

/** Where the string that opens at `start` closes, or the text ends. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** Entries of the largest array or object; without recursion, since the depth is a stranger's too. */
function widest(root: unknown): number {
  const waiting: unknown[] = [root];
  let most = 0;
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const entries: unknown[] = Object.values(value);
    most = Math.max(most, entries.length);
    for (const entry of entries) waiting.push(entry);
  }
  return most;
}
