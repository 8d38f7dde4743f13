import { PROFILES } from '../../src/profiles/index.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The systems of the built-in profiles, and how each profile was checked. */
export function systemsMarkdown(): string {
  return markdownTable(
    ['System', 'Profile', 'Ports by role', 'Ready when', 'Checked against'],
    [...PROFILES.values()].map(({ name, title, ports, ready, checkedAgainst }) => {
      const byRole = ports.map(
        ({ role, ports: numbers, listens }) =>
          `${role} ${numbers.join(', ')}${listens === 'optional' ? ' (optional)' : ''}`,
      );
      return [
        title,
        code(name),
        byRole.join('; '),
        ready,
        checkedAgainst ?? 'unproven: from its sources alone',
      ];
    }),
  );
}

/** What a lost quorum means in each system. */
export function withoutQuorumMarkdown(): string {
  return markdownTable(
    ['System', 'Without a quorum', 'A server without a majority gives up'],
    [...PROFILES.values()].map(({ name, title, advice }) => [
      `[${title}](#${name})`,
      advice.withoutQuorum,
      advice.givesUp ?? 'not by itself, as far as is known',
    ]),
  );
}
