import type { Folded } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { MemberRole } from '../model/report.ts';
import type { JudgeSettings } from '../model/settings.ts';
import { type Member, voterCount } from './members.ts';
import { isSettledLink, isUsable, linksWithPeers, type Persistence } from './peer-links.ts';
import { linkedVoters } from './votes.ts';

/** Where this member stands. */
export interface Standing {
  readonly role: MemberRole;
  /** `null`: the sockets cannot tell. */
  readonly inQuorum: boolean | null;
  /** Voters of the ensemble and how many make a majority; `null` where the size is not known. */
  readonly size: number | null;
  readonly majority: number | null;
  /** Voters together with this member, itself included; `null` where this role does not know. */
  readonly votes: number | null;
  /** What the quorum rests on; a change of it means that the member joined anew. */
  readonly basis: string;
}

type Outcome = Pick<Standing, 'role' | 'inQuorum' | 'votes' | 'basis'>;

/** Role and membership in the quorum by the profile's quorum rule. */
export function standing(
  folded: Folded,
  settings: JudgeSettings,
  members: readonly Member[],
  persistence: Persistence,
): Standing {
  const size = voterCount(settings.ensemble);
  const majority = size === null ? null : Math.floor(size / 2) + 1;
  const voters = (role: string): number =>
    linkedVoters(folded, role, settings.ensemble, members, persistence);
  const rule = settings.profile.quorum;
  const outcome = ((): Outcome => {
    switch (rule.kind) {
      case 'hub':
        return hubStanding(folded, rule, size, majority, voters, persistence);
      case 'mesh':
        return meshStanding(folded, settings.profile, majority, voters(rule.port));
      case 'none':
        return listeningStanding(folded, settings.profile);
    }
  })();
  const open = requiredRoles(settings.profile).every((role) => isListening(folded, role));
  const inQuorum = outcome.inQuorum === true && !open ? false : outcome.inQuorum;
  return { ...outcome, inQuorum, size, majority };
}

/**
 * ZooKeeper's way: the leader alone listens on the quorum port and learners dial it, while everybody
 * listens on the election port and, in every state, on the client port.
 */
function hubStanding(
  folded: Folded,
  rule: { readonly port: string; readonly election: string },
  size: number | null,
  majority: number | null,
  voters: (role: string) => number,
  persistence: Persistence,
): Outcome {
  const nothing = { votes: null, basis: 'none' };
  const electing = isListening(folded, rule.election);
  if (isListening(folded, rule.port)) {
    const votes = 1 + voters(rule.port);
    const inQuorum = majority === null ? null : votes >= majority;
    return { role: 'leader', inQuorum, votes, basis: 'leader' };
  }
  const dialled = linksWithPeers(folded, rule.port).filter((link) => link.direction === 'outbound');
  const usable = dialled.find((link) => isUsable(link, persistence));
  const held = usable ?? dialled.find((link) => isSettledLink(link, persistence));
  if (held !== undefined) {
    const inQuorum = usable !== undefined;
    return { role: 'learner', inQuorum, votes: null, basis: `learner ${held.key}` };
  }
  if (electing) return { role: 'looking', inQuorum: false, ...nothing };
  if (folded.listeners.length === 0) return { role: 'absent', inQuorum: false, ...nothing };
  if (size === 1) return { role: 'standalone', inQuorum: true, votes: 1, basis: 'standalone' };
  return { role: 'unknown', inQuorum: size === null ? null : false, ...nothing };
}

function meshStanding(
  folded: Folded,
  profile: Profile,
  majority: number | null,
  linked: number,
): Outcome {
  if (!anyRequiredListens(folded, profile)) {
    return { role: 'absent', inQuorum: false, votes: null, basis: 'none' };
  }
  const votes = 1 + linked;
  const inQuorum = majority === null ? null : votes >= majority;
  return { role: 'member', inQuorum, votes, basis: 'member' };
}

function listeningStanding(folded: Folded, profile: Profile): Outcome {
  const absent = !anyRequiredListens(folded, profile);
  return absent
    ? { role: 'absent', inQuorum: false, votes: null, basis: 'none' }
    : { role: 'member', inQuorum: true, votes: null, basis: 'member' };
}

/** Port roles that every serving member listens on, election ports aside: those only choose a leader. */
export function requiredRoles(profile: Profile): string[] {
  const election = profile.quorum.kind === 'hub' ? profile.quorum.election : null;
  return profile.ports
    .filter((spec) => spec.listens === 'every-member' && spec.role !== election)
    .map((spec) => spec.role);
}

function anyRequiredListens(folded: Folded, profile: Profile): boolean {
  return profile.ports.some(
    (spec) => spec.listens === 'every-member' && isListening(folded, spec.role),
  );
}

export function isListening(folded: Folded, role: string): boolean {
  return folded.listeners.some((listener) => listener.role === role);
}
