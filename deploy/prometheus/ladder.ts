import { PROFILES } from '../../src/profiles/index.ts';

/** The lines of a description that say what a lost quorum means in the system of `$system`. */
const LADDER = /^( *)\{\{ if eq \$system [^\n]*\n(?: *\{\{- else if eq \$system [^\n]*\n)*/m;

/** The rules with these lines as the profiles have them. */
export function withLadder(rules: string): string {
  if (!LADDER.test(rules)) throw new Error('rules.yaml has no line with {{ if eq $system');
  return rules.replace(LADDER, (_, indent: string) => ladder(indent));
}

function ladder(indent: string): string {
  return [...PROFILES.values()]
    .map(({ name, advice }, at) => {
      const branch = at === 0 ? '{{ if' : '{{- else if';
      return `${indent}${branch} eq $system "${name}" }}${advice.withoutQuorum}\n`;
    })
    .join('');
}
