import { type ShortName, shortNames } from '../../model/short-names.ts';
import type { PageState } from './state.ts';

/** What a member is called on the page: its pod, where that tells it from the others. */
export function namesIn({ report, ensemble }: PageState): ShortName {
  return shortNames([
    ...ensemble.members.map(({ name }) => name),
    ...report.peers.map(({ name }) => name),
    report.member.name,
  ]);
}

/** Text that fits a width in characters: the middle goes, since names differ at their ends. */
export function fitted(text: string, most: number): string {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(-(most - 1 - head)).join('')}`;
}

/**
 * Texts that fit a width in characters and stay apart: where the ends of some are alike, what is shown
 * begins where they differ, as `…85a3:0:1…` of an IPv6 address.
 */
export function fittedApart(texts: readonly string[], most: number): ShortName {
  const all = [...new Set(texts)];
  const byFit = grouped(all, most);
  return (text) => {
    const alike = byFit.get(fitted(text, most)) ?? [];
    if (alike.length < 2) return fitted(text, most);
    const from = Math.max(0, commonLength(alike) - 1);
    const rest = `…${text.slice(from)}`;
    return rest.length <= most ? rest : `${rest.slice(0, most - 1)}…`;
  };
}

function grouped(texts: readonly string[], most: number): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const fit = fitted(text, most);
    groups.set(fit, [...(groups.get(fit) ?? []), text]);
  }
  return groups;
}

/** How many letters all of these begin with. */
function commonLength([first = '', ...others]: readonly string[]): number {
  let length = 0;
  while (
    length < first.length &&
    others.every((other) => other.charAt(length) === first.charAt(length))
  ) {
    length += 1;
  }
  return length;
}
