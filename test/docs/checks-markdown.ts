import { checkNames } from '../../src/assess/report/checks.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The checks of each profile, those that all have in a sentence. */
export function checksMarkdown(): string {
  const names = [...PROFILES.values()].map(
    (profile) => [profile.name, checkNames(profile)] as const,
  );
  const inAll = (names[0]?.[1] ?? []).filter((name) =>
    names.every(([, own]) => own.includes(name)),
  );
  const table = markdownTable(
    ['Profile', 'Its own checks'],
    names.map(([profile, own]) => [
      code(profile),
      own
        .filter((name) => !inAll.includes(name))
        .map(code)
        .join(' '),
    ]),
  );
  return `Every profile has ${inAll.map(code).join(', ')}, and:\n\n${table}`;
}
