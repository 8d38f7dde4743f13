import { stringify } from 'yaml';
import type { Profile } from '../model/profile.ts';

/** A profile as a file for `--profile-file`. */
export function profileYaml(profile: Profile): string {
  return [
    `# The profile ${profile.name}, as --profile-file takes it.`,
    '# "quorum-probe schema profile" says what each field may hold.',
    stringify(profile, { lineWidth: 100, flowCollectionPadding: false }),
  ].join('\n');
}
