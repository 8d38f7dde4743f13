import type { EnsembleEvidence } from '../../assess/diagnosis/diagnose.ts';
import type { Profile } from '../../model/profile.ts';
import { PROFILES } from '../../profiles/index.ts';

/**
 * What is wrong where every table that was read has the ports of another system and none of this one's: a
 * profile that was given or recognised wrongly must not make a healthy ensemble look dead. `null` elsewhere.
 */
export function otherSystem({ members }: EnsembleEvidence, profile: Profile): string | null {
  const listening = members.flatMap(({ reads }) => {
    const table = reads.at(-1)?.observation.table;
    return table ? [new Set(table.listeners.map(({ local }) => local.port))] : [];
  });
  if (listening.length === 0) return null;
  const hasAny = ({ ports }: Profile): boolean =>
    listening.some((open) => ports.some((spec) => spec.ports.some((port) => open.has(port))));
  if (hasAny(profile)) return null;
  const other = [...PROFILES.values()].find(({ ports }) => {
    const always = ports.filter(({ listens }) => listens === 'every-member');
    return (
      always.length > 0 &&
      listening.every((open) => always.every((spec) => spec.ports.some((port) => open.has(port))))
    );
  });
  return other === undefined
    ? null
    : `nothing listens on the ports of ${profile.title} in any pod, and those of ${other.title} are open: give --profile ${other.name}`;
}
