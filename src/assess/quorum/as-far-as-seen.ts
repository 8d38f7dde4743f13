import type { Circumstances, Outcome } from './circumstances.ts';
import { unknownFor } from './membership.ts';
import { specOf } from './peer-links.ts';
import { mustListen } from './required-ports.ts';
import { listeningOf, seesConnections, unseenBy } from './seen.ts';

/**
 * An outcome without what it cannot know. Rows that were read stand, and so does what rests on them;
 * what rests on rows that are not there is unknown where they were not all read.
 */
export function asFarAsSeen(given: Circumstances, outcome: Outcome): Outcome {
  const { folded } = given;
  if (folded.coverage.kind === 'whole') return outcome;
  const inQuorum = unknownFor(unseenBy(folded));
  if (!knowsRole(given, outcome)) return { role: 'unknown', inQuorum, basis: 'none' };
  return restsOnAbsence(given, outcome) ? { ...outcome, inQuorum } : outcome;
}

/** Whether the role follows from what was read: a leader's, a learner's and a member's show themselves. */
function knowsRole(given: Circumstances, { role }: Outcome): boolean {
  const { folded, settings, members } = given;
  const { profile } = settings;
  const rule = profile.quorum;
  switch (role) {
    case 'leader':
    case 'learner':
    case 'member':
      return true;
    case 'absent': {
      const required = profile.ports.filter((spec) => mustListen(spec, members));
      const watched = required.length > 0 ? required : profile.ports;
      return watched.every((spec) => listeningOf(folded, spec) === 'closed');
    }
    case 'looking':
    case 'standalone':
    case 'unknown': {
      if (rule.kind === 'none') return true;
      const ports = rule.kind === 'hub' ? [rule.port, rule.election] : [rule.port];
      return ports.every((port) => {
        const spec = specOf(profile, port);
        return listeningOf(folded, spec) !== 'not-seen' && seesConnections(folded, spec);
      });
    }
  }
}

/** Whether membership would be another one with links that were not read. */
function restsOnAbsence({ folded, settings }: Circumstances, { inQuorum }: Outcome): boolean {
  const rule = settings.profile.quorum;
  if (rule.kind === 'none' || seesConnections(folded, specOf(settings.profile, rule.port))) {
    return false;
  }
  // Without a majority a member belongs to the cluster because no link of it is in trouble.
  return inQuorum.kind === 'out' || rule.kind === 'gossip';
}
