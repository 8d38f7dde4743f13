import { checkNames } from '../../src/assess/report/checks.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The built-in profiles: their ports in the spelling of `--ports`, and what makes a member ready. */
export function profilesMarkdown(): string {
  return markdownTable(
    ['Profile', 'System', 'Ports', 'Ready when'],
    [...PROFILES.values()].map(({ name, title, ports, ready }) => [
      code(name),
      title,
      ports.map(({ role, ports: numbers }) => code(`${role}=${numbers.join('+')}`)).join(' '),
      ready,
    ]),
  );
}

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
