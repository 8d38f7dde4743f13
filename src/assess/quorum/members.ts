import type { NameAnswer, Names } from '../../model/names.ts';
import type { Ensemble, JudgeSettings, MemberName } from '../../model/settings.ts';
import type { Address } from '../../model/socket.ts';

/** A configured member with the addresses it is known by. */
export interface Member {
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly observer: boolean;
  readonly self: boolean;
  /** `null` for a member given by address, and for a name not looked up yet. */
  readonly answer: NameAnswer | null;
  readonly literal: boolean;
}

/** The configured members with their present addresses; empty where only the size is known. */
export function resolveMembers(
  ensemble: Ensemble,
  names: Names,
  podName: string,
  podAddresses: readonly Address[],
): Member[] {
  if (ensemble.kind !== 'members') return [];
  const members = ensemble.members.map((member) => resolve(member, names));
  const ownLabel = firstLabel(podName);
  const byName = members.filter(({ name, literal }) => !literal && firstLabel(name) === ownLabel);
  const podHas = new Set(podAddresses);
  const byAddress = members.filter(({ addresses }) => addresses.some((one) => podHas.has(one)));
  const own = new Set(byName.length > 0 ? byName : byAddress);
  return members.map((member) => ({ ...member, self: own.has(member) }));
}

function resolve(member: MemberName, names: Names): Member {
  const hosts = [member, ...(member.also ?? [])];
  return {
    name: member.name,
    addresses: hosts.flatMap(({ name, literal }) =>
      literal ? [name] : (names.get(name)?.addresses ?? []),
    ),
    observer: member.observer,
    self: false,
    answer: names.get(member.name) ?? null,
    literal: hosts.every(({ literal }) => literal),
  };
}

/** The members without a vote; this one by its pod's name, as its report has it. */
export function observerNames(members: readonly Member[], podName: string): ReadonlySet<string> {
  const observers = members.filter(({ observer }) => observer);
  return new Set(observers.map(({ name, self }) => (self ? podName : name)));
}

/** Every address that a member is known by; `null` where members are not known by address. */
export function memberAddresses(ensemble: Ensemble, names: Names): ReadonlySet<Address> | null {
  if (ensemble.kind !== 'members') return null;
  return new Set(ensemble.members.flatMap((member) => resolve(member, names).addresses));
}

/** Host names compare without regard to case; a pod's is the first label of its full name. */
function firstLabel(name: string): string {
  return (name.split('.')[0] ?? name).toLowerCase();
}

/** The names that must be looked up to know the members' addresses. */
export function namesToLookUp(ensemble: Ensemble): string[] {
  if (ensemble.kind !== 'members') return [];
  return ensemble.members
    .flatMap((member) => [member, ...(member.also ?? [])])
    .filter(({ literal }) => !literal)
    .map(({ name }) => name);
}

/** Whether a leader of this ensemble serves clients: as told, else as the members file has it, else it does. */
export function leaderServes({
  leaderServes: given,
  ensemble,
}: Pick<JudgeSettings, 'leaderServes' | 'ensemble'>): boolean {
  return given ?? (ensemble.kind === 'members' ? ensemble.leaderServes : undefined) ?? true;
}

/** Voters of the ensemble, or `null` where it is not known. */
export function voterCount(ensemble: Ensemble): number | null {
  switch (ensemble.kind) {
    case 'members':
      return ensemble.members.filter((member) => !member.observer).length;
    case 'size':
      return ensemble.voters;
    case 'unset':
      return null;
  }
}

/** Observers of the ensemble; 0 where nothing is known. */
export function observerCount(ensemble: Ensemble): number {
  switch (ensemble.kind) {
    case 'members':
      return ensemble.members.filter((member) => member.observer).length;
    case 'size':
      return ensemble.observers;
    case 'unset':
      return 0;
  }
}
