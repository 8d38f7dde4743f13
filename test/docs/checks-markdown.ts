import { checkNames } from '../../src/assess/report/checks.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The checks that each profile has, in their order. */
export function checksMarkdown(): string {
  return markdownTable(
    ['Profile', 'Checks'],
    [...PROFILES.values()].map((profile) => [
      code(profile.name),
      checkNames(profile).map(code).join(' '),
    ]),
  );
}
