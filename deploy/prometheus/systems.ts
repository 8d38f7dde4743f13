import { PROFILES } from '../../src/profiles/index.ts';
import type { RuleSettings } from './settings.ts';
import { queryOf } from './text.ts';

/** The template that says what a lost quorum costs in the ensemble of an alert. */
export function withoutQuorum({ by }: RuleSettings): string {
  const info = { metric: 'quorum_probe_profile_info', where: '' };
  const arms = [...PROFILES]
    .map(([name, { advice }]) => `{{ else if eq $system "${name}" }}${advice.withoutQuorum}`)
    .join('')
    .replace('{{ else if', '{{ if');
  return [
    '{{ $system := "" }}',
    `{{ range ${queryOf(info, by)} | sortByLabel "profile" }}{{ $system = .Labels.profile }}{{ end }}`,
    `${arms}{{ else }}Writes and consistent reads fail.{{ end }}`,
  ].join('');
}
