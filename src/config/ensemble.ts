import type { PodIdentity } from '../model/names.ts';
import type { Ensemble, HostName, MemberName, ServiceName } from '../model/settings.ts';
import { hostKey } from './hosts.ts';
import { didYouMean } from './nearest.ts';
import { OPTIONS, type Option } from './options.ts';
import { Problem, quote } from './problem.ts';
import {
  blaming,
  type GivenSettings,
  givenIn,
  keepStrongest,
  standsBeside,
  valueIn,
  whereOf,
} from './sources.ts';

interface EnsembleSettings {
  readonly ensemble: Ensemble;
  readonly membersFile: string | null;
  readonly service: ServiceName;
}

const WAYS: readonly Option[] = [
  OPTIONS.members,
  OPTIONS.membersFile,
  OPTIONS.service,
  OPTIONS.ensembleSize,
];

/** Who the ensemble is, by the one way of four in which it was given. */
export function ensembleFrom(
  all: GivenSettings,
  podName: string,
  identity: PodIdentity,
): EnsembleSettings {
  const settings = keepStrongest(all, WAYS);
  const way = WAYS.find(({ name }) => settings.has(name));
  const service = serviceName(settings, way, identity);
  if (service.from === 'none') refuseStrays(settings, way);

  const hosts =
    givenIn(settings, OPTIONS.members) ??
    (service.from === 'none' ? null : serviceHosts(settings, podName, service));
  if (hosts !== null) {
    const ensemble: Ensemble = { kind: 'members', members: named(settings, hosts) };
    return { ensemble, membersFile: null, service };
  }
  const size = givenIn(settings, OPTIONS.ensembleSize);
  if (size !== null) return { ensemble: counted(settings, size), membersFile: null, service };

  const membersFile = givenIn(settings, OPTIONS.membersFile);
  if (settings.has(OPTIONS.observers.name)) refuseObservers(settings, way);
  return { ensemble: { kind: 'unset' }, membersFile, service };
}

/** The service as given or, where only the number of replicas is, the one that the kubelet names. */
function serviceName(
  settings: GivenSettings,
  way: Option | undefined,
  identity: PodIdentity,
): ServiceName {
  const name = givenIn(settings, OPTIONS.service);
  if (name !== null) return { from: 'option', name };
  const isWanted = way === undefined && settings.has(OPTIONS.replicas.name);
  return isWanted && identity.kind === 'known'
    ? { from: 'hosts-file', name: identity.service }
    : { from: 'none' };
}

/** `--replicas` and `--first-ordinal` mean nothing without a service. */
function refuseStrays(settings: GivenSettings, way: Option | undefined): void {
  for (const option of [OPTIONS.replicas, OPTIONS.firstOrdinal]) {
    if (way === undefined ? settings.has(option.name) : standsBeside(settings, option, way)) {
      throw new Problem(
        way === undefined && option === OPTIONS.replicas
          ? `${whereOf(settings, option)}: requires --service here: /etc/hosts does not name the service of this pod (as with hostNetwork)`
          : `${whereOf(settings, option)}: requires --service; add that, or leave this out`,
      );
    }
  }
}

function refuseObservers(settings: GivenSettings, way: Option | undefined): void {
  const where = whereOf(settings, OPTIONS.observers);
  if (way === undefined) {
    throw new Problem(`${where}: requires --members, which includes the observers`);
  }
  if (standsBeside(settings, OPTIONS.observers, way)) {
    throw new Problem(
      `${where}: is not allowed with ${whereOf(settings, way)}, whose lines say who is an observer; leave it out`,
    );
  }
}

/** The stable names that a StatefulSet's pods have under their service. */
function serviceHosts(
  settings: GivenSettings,
  podName: string,
  service: Exclude<ServiceName, { from: 'none' }>,
): readonly HostName[] {
  const way = service.from === 'option' ? OPTIONS.service : OPTIONS.replicas;
  return blaming(whereOf(settings, way), () => {
    const replicas = givenIn(settings, OPTIONS.replicas);
    if (replicas === null) {
      throw new Problem("needs the number of members too; give the StatefulSet's --replicas");
    }
    const [, statefulSet, ordinal] = /^([^.]+)-(\d+)(?:\.|$)/.exec(podName) ?? [];
    if (statefulSet === undefined) {
      throw new Problem(
        `needs the StatefulSet's name, and ${quote(podName)} is not the name of one of its pods; set --pod-name, such as zk-0`,
      );
    }
    const first = valueIn(settings, OPTIONS.firstOrdinal);
    const last = first + replicas - 1;
    if (Number(ordinal) < first || Number(ordinal) > last) {
      throw new Problem(
        `the pod ${quote(podName)} is not among ${statefulSet}-${first} to ${statefulSet}-${last}; correct --replicas, --first-ordinal or --pod-name`,
      );
    }
    return Array.from({ length: replicas }, (_, index) => ({
      name: `${statefulSet}-${first + index}.${service.name}`,
      literal: false,
    }));
  });
}

function named(settings: GivenSettings, hosts: readonly HostName[]): readonly MemberName[] {
  const observers = givenIn(settings, OPTIONS.observers) ?? [];
  return blaming(whereOf(settings, OPTIONS.observers), () => {
    const matched = new Set(observers.map((observer) => memberFor(observer, hosts)));
    if (matched.size === hosts.length) throw new Problem(NO_VOTER);
    return hosts.map((host) => ({ ...host, observer: matched.has(host) }));
  });
}

const NO_VOTER = 'leaves no member with a vote; name only the observers';

/** The member that an observer's name means: the same name, or the only one that begins with its labels. */
function memberFor(observer: HostName, hosts: readonly HostName[]): HostName {
  const key = hostKey(observer.name);
  const same = hosts.find((host) => hostKey(host.name) === key);
  if (same !== undefined) return same;
  const [short, another] = hosts.filter((host) => hostKey(host.name).startsWith(`${key}.`));
  if (short === undefined) {
    const names = hosts.map(({ name }) => name);
    throw new Problem(
      `${quote(observer.name)} is not among the members; ${didYouMean(observer.name, names, 'write a name from the list of members')}`,
    );
  }
  if (another !== undefined) {
    throw new Problem(
      `${quote(observer.name)} may be ${quote(short.name)} or ${quote(another.name)}; write the whole name`,
    );
  }
  return short;
}

function counted(settings: GivenSettings, size: number): Ensemble {
  const observers = givenIn(settings, OPTIONS.observers)?.length ?? 0;
  if (observers >= size) {
    throw new Problem(`${whereOf(settings, OPTIONS.observers)}: ${NO_VOTER}`);
  }
  return { kind: 'size', voters: size - observers, observers };
}
