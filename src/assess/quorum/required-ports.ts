import type { PortSpec, Profile } from '../../model/profile.ts';
import type { Member } from './members.ts';

/** Whether this member is one without a vote. */
export function isObserver(members: readonly Member[]): boolean {
  return members.some((member) => member.self && member.observer);
}

/** Whether a serving member of this one's kind listens on the port. */
export function mustListen(spec: PortSpec, members: readonly Member[]): boolean {
  return spec.listens === 'every-member' || (spec.listens === 'voters' && !isObserver(members));
}

/** Ports without which this member does not serve, election ports aside: those only choose a leader. */
export function servingPorts(profile: Profile, members: readonly Member[]): PortSpec[] {
  const election = profile.quorum.kind === 'hub' ? profile.quorum.election : null;
  return profile.ports.filter((spec) => mustListen(spec, members) && spec.role !== election);
}
