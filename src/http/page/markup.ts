/** Text that is safe to send as HTML or SVG, made only by `markup` and `unsafeMarkup`. */
export interface Markup {
  readonly text: string;
}

export type MarkupValue = string | number | Markup | readonly Markup[];

const LONGEST_VALUE = 600;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/**
 * Escapes text from sockets, peers and servers for element content and quoted attributes.
 * Characters that do not show (controls, bidirectional overrides, lone surrogates) are spelled
 * out, since they could make a name look like another one.
 */
export function escapeMarkup(text: string): string {
  const short = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  return short
    .replace(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu,
      (unseen) => `\\u{${(unseen.codePointAt(0) ?? 0).toString(16)}}`,
    )
    .replace(/[&<>"']/g, (sign) => ENTITIES.get(sign) ?? '');
}

/** Template tag: escapes every string it is given and leaves markup as it is. */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const text = parts.reduce((sum, part, i) => {
    const value = values[i - 1];
    return sum + (value === undefined ? '' : textOf(value)) + part;
  });
  return { text };
}

/** Marks text as safe without escaping it: for the page's own style and script only. */
export function unsafeMarkup(text: string): Markup {
  return { text };
}

/** A step of a drawing's path: commands of SVG paths and numbers, of which any count is safe and never cut. */
export type PathStep = readonly ('M' | 'L' | 'H' | 'V' | 'h' | 'v' | 'z' | number)[];

/** The data of an SVG path. */
export function drawn(steps: readonly PathStep[]): Markup {
  return { text: steps.map((step) => step.join(' ').replace(/ ?([A-Za-z]) ?/g, '$1')).join('') };
}

export const NOTHING: Markup = { text: '' };

function textOf(value: MarkupValue): string {
  if (typeof value === 'string') return escapeMarkup(value);
  if (typeof value === 'number') return String(value);
  if ('text' in value) return value.text;
  return value.map((item) => item.text).join('');
}
