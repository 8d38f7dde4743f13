import { readFileSync } from 'node:fs';

/** The text of an admin answer, in Envoy's own spelling of field names. */
export function envoyText(name: string): string {
  return readFileSync(new URL(`../fixtures/envoy/${name}.json`, import.meta.url), 'utf8');
}

/** The same answer in the spelling of `istioctl … -o json`. */
export function camelCased(text: string): string {
  return text.replace(/"([a-z]+(?:_[a-z]+)+)":/g, (_, name: string) => {
    const camel = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    return `"${camel}":`;
  });
}

/** Both spellings of one answer, parsed. */
export function bothSpellings(name: string): readonly unknown[] {
  const text = envoyText(name);
  return [JSON.parse(text), JSON.parse(camelCased(text))];
}
