import { fullNameOf, isOwnService } from '../../model/names.ts';
import { heldForMs } from '../quorum/held.ts';
import type { Member } from '../quorum/members.ts';
import { few, listed } from '../scene/row-text.ts';
import type { Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** How long names that never resolved are taken for those of members that are still to come. */
const UNRESOLVED_MS = 120_000;

/** Under which it is carried that this pod is in its own list of members by no name or address. */
export const NOT_A_MEMBER = 'not a member';

/** Under which it is carried that a name has never resolved since it was first looked up. */
export function neverResolved(name: string): string {
  return `never resolved ${name}`;
}

/** Whether a name has no address now and never had one. */
export function isUnresolved({ literal, addresses, answer }: Member): boolean {
  return !literal && addresses.length === 0 && answer !== null && answer.kind !== 'published';
}

/** Whether none of the members is this pod, all of them being asked for or given by address. */
export function isStranger(members: readonly Member[], podAddresses: readonly string[]): boolean {
  return (
    members.length > 0 &&
    podAddresses.length > 0 &&
    members.every(({ self, literal, answer }) => !self && (literal || answer !== null))
  );
}

/** The members whose names never resolved, for too long to be still on their way. */
export function lostNames({ members, persistence }: Pick<Scene, 'members' | 'persistence'>) {
  const { held, nowMs, persistMs } = persistence;
  const neededMs = persistMs === 0 ? 0 : UNRESOLVED_MS;
  return members.filter(
    (member) =>
      isUnresolved(member) && heldForMs(held, neverResolved(member.name), nowMs) >= neededMs,
  );
}

/** Members, or a service, that were named wrong. */
export function nameFindings(scene: Scene): Diagnosis[] {
  return [...serviceMismatch(scene), ...notAMember(scene), ...membersUnresolved(scene)];
}

function serviceMismatch({ settings: { service, identity } }: Scene): Diagnosis[] {
  if (service.from !== 'option' || identity.kind === 'unknown') return [];
  if (isOwnService(service.name, identity)) return [];
  return [
    {
      code: 'service-mismatch',
      certainty: 'confirmed',
      summary: `The probe is configured with the service ${service.name}, but this pod belongs to ${identity.service} in the namespace ${identity.namespace}.`,
      evidence: [`/etc/hosts: ${fullNameOf(identity)}`, `--service: ${service.name}`],
      cause:
        "The members' names are built from a service under which DNS never publishes them: --service is not the StatefulSet's serviceName.",
      remedy: `Set --service=${identity.service}, or leave it out: with --replicas alone the probe takes it from /etc/hosts. If ${identity.service} is not the headless service that you mean, correct the StatefulSet's serviceName.`,
    },
  ];
}

function notAMember(scene: Scene): Diagnosis[] {
  const { members, folded, settings, persistence } = scene;
  const { held, nowMs, persistMs } = persistence;
  // A member without an address yet may be this one.
  const unsure = members.some((member) => isUnresolved(member));
  const neededMs = persistMs > 0 && unsure ? UNRESOLVED_MS : persistMs;
  if (heldForMs(held, NOT_A_MEMBER, nowMs) < neededMs) return [];
  const full = fullNameOf(settings.identity);
  return [
    {
      code: 'not-a-member',
      certainty: unsure ? 'suspected' : 'confirmed',
      summary: `This pod, ${full ?? settings.podName} (${listed(folded.podAddresses)}), is not in its own list of members.`,
      evidence: few(
        members.map(({ name, addresses, literal }) =>
          literal ? name : `${name}: ${few(addresses).join(', ') || 'no address'}`,
        ),
      ),
      cause:
        'The list of members belongs to another ensemble, is out of date, or has this pod under a name or address that it does not have.',
      remedy:
        "List the whole ensemble, this pod included, in --members or --members-file. If the list is right, set --pod-name (the pod's name in the list) or --pod-ip.",
    },
  ];
}

function membersUnresolved(scene: Scene): Diagnosis[] {
  const lost = lostNames(scene);
  if (lost.length === 0) return [];
  const names = listed(lost.map(({ name }) => name));
  const isSilent = lost.every(({ answer }) => answer?.kind === 'failed');
  const one = lost.length === 1;
  return [
    {
      code: 'members-unresolved',
      certainty: scene.persistence.persistMs > 0 && !isSilent ? 'confirmed' : 'suspected',
      summary: `${names} ${one ? 'has' : 'have'} not resolved to an address since the probe started.`,
      evidence: few(
        lost.map(({ name, answer }) =>
          answer?.kind === 'failed'
            ? `${name}: ${answer.reason}`
            : `${name}: no address (ENOTFOUND)`,
        ),
      ),
      cause: isSilent
        ? 'DNS does not answer for these names, so it is not known whether these members exist.'
        : `No such ${one ? 'member exists' : 'members exist'}: --members, --members-file, --service or --replicas is wrong, the pods were never created, or the headless service does not publish them.`,
      remedy: `Compare with kubectl get pod -o wide and kubectl get service: a pod's DNS name is POD.SERVICE, where SERVICE is the StatefulSet's serviceName${ownName(scene)}. Correct the list, or create the pods and the Service that it names.`,
    },
  ];
}

function ownName({ settings: { identity } }: Scene): string {
  const full = fullNameOf(identity);
  return full === null ? '' : `; this pod's own full name is ${full}`;
}
