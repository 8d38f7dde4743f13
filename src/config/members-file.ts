import type { Profile } from '../model/profile.ts';
import type { QuorumVerifier } from '../model/quorum-verifier.ts';
import type { Ensemble, MemberName } from '../model/settings.ts';
import type { PortOverride } from '../profiles/index.ts';
import { hostKey } from './hosts.ts';
import { heartbeatIn } from './members-heartbeat.ts';
import { checkPorts, parsePort } from './ports.ts';
import { Problem, quote } from './problem.ts';
import { lastValue, type Property, readProperties } from './properties.ts';
import { parseServerLine, type ServerLine } from './server-line.ts';
import { voteWeights } from './vote-weights.ts';

export type MembersFile =
  | {
      readonly kind: 'members';
      readonly ensemble: Extract<Ensemble, { kind: 'members' }>;
      readonly ports: FilePorts;
    }
  /** One line that names the file's line at fault and says what to do. */
  | { readonly kind: 'invalid'; readonly problem: string };

/** The ports that the file names; empty or `null` where it names none. */
export interface FilePorts {
  readonly quorum: readonly number[];
  readonly election: readonly number[];
  /** This member's client port, or those of all where it is not known which is this one. */
  readonly client: readonly number[];
  /** `secureClientPort` of a zoo.cfg. */
  readonly secureClient: number | null;
}

/**
 * The members in the `server.N=` lines of a zoo.cfg or of its dynamic file, in the file's order, with what
 * decides their quorum and on which ports they talk; all other lines are left alone. What the file says
 * and cannot be used is refused, since leaving it out would make another ensemble of it.
 */
export function parseMembersFile(text: string, podName: string): MembersFile {
  try {
    const properties = readProperties(text);
    const servers = serversIn(properties, podName);
    if (servers.length === 0) throw new Problem(noServers(properties));
    refuseDuplicates(servers);
    if (servers.every(({ said }) => said.observer)) {
      throw new Problem('has only observers; at least one server must be a participant');
    }
    const verifier = verifierIn(properties, servers);
    const leaderServes = lastValue(properties, 'leaderServes');
    const heartbeat = heartbeatIn(properties);
    return {
      kind: 'members',
      ensemble: {
        kind: 'members',
        members: servers.map(({ said }) => memberOf(said)),
        ...(verifier === null ? {} : { verifier }),
        // `Leader` compares with "no", and takes every other word for yes.
        ...(leaderServes === null ? {} : { leaderServes: leaderServes !== 'no' }),
        ...(heartbeat === null ? {} : { heartbeat }),
      },
      ports: portsIn(properties, servers, podName),
    };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'invalid', problem: error.message };
    throw error;
  }
}

/**
 * The profile's ports by role with those of the file in their place, for a profile that has such roles;
 * roles that were `given` otherwise are left out. Throws a Problem where a port would serve two roles.
 */
export function portsFromFile(
  profile: Profile,
  ports: FilePorts,
  given: readonly string[],
): PortOverride {
  if (!hasFileRoles(profile)) return new Map();
  const roles = new Map(profile.ports.map((spec) => [spec.role, spec.ports]));
  const client = clientPorts(ports, roles.get('client') ?? []);
  const override = new Map(
    Object.entries({ quorum: ports.quorum, election: ports.election, client }).filter(
      ([role, numbers]) => roles.has(role) && !given.includes(role) && numbers.length > 0,
    ),
  );
  checkPorts(profile, override);
  return override;
}

/** Why a list of members cannot be followed by who watches the profile's ports; `null` where it can. */
export function unwatchedPort(
  profile: Profile,
  ports: FilePorts,
  given: readonly string[],
): string | null {
  if (!hasFileRoles(profile)) return null;
  for (const { role, ports: watched } of profile.ports) {
    if (given.includes(role)) continue;
    const named = namedPorts(ports).get(role) ?? [];
    const other = named.find((port) => !watched.includes(port));
    if (other !== undefined) {
      return `the ${role} port ${other} is not one of those that are watched (${watched.join(', ')}); the previous members are kept: restart the probe to watch it`;
    }
  }
  return null;
}

/** Whether the file's two ports between members are roles of the profile. */
function hasFileRoles({ ports }: Profile): boolean {
  return ['quorum', 'election'].every((role) => ports.some((spec) => spec.role === role));
}

function namedPorts(ports: FilePorts): ReadonlyMap<string, readonly number[]> {
  const client = [...ports.client, ...(ports.secureClient === null ? [] : [ports.secureClient])];
  return new Map(Object.entries({ quorum: ports.quorum, election: ports.election, client }));
}

/** The plain port first, which `srvr` is asked on; a profile's further ports stay unless the file names the secure one. */
function clientPorts(
  { client, secureClient }: FilePorts,
  known: readonly number[],
): readonly number[] {
  if (client.length === 0 && secureClient === null) return [];
  const further = secureClient === null ? known.slice(client.length > 0 ? 1 : 0) : [secureClient];
  return [...new Set([...client, ...further])];
}

interface Server {
  readonly line: number;
  readonly id: string;
  readonly said: ServerLine;
}

function serversIn(properties: readonly Property[], podName: string): readonly Server[] {
  return properties.flatMap(({ line, key, value }) => {
    if (!key.startsWith('server.')) return [];
    const id = key.slice('server.'.length);
    if (!/^\d{1,19}$/.test(id)) {
      throw new Problem(`line ${line}: ${quote(key)} has no number; write it as server.1=`);
    }
    return [
      { line, id: String(BigInt(id)), said: onLine(line, () => parseServerLine(value, podName)) },
    ];
  });
}

function onLine<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Problem ? new Problem(`line ${line}: ${error.message}`) : error;
  }
}

/** An oracle outranks groups, and has a word among two voters only. */
function verifierIn(
  properties: readonly Property[],
  servers: readonly Server[],
): QuorumVerifier | null {
  if (lastValue(properties, 'oraclePath') !== null) {
    return servers.filter(({ said }) => !said.observer).length === 2 ? { kind: 'oracle' } : null;
  }
  const weights = voteWeights(
    properties,
    servers.map(({ id, said }) => ({ id, name: said.hosts[0].name, observer: said.observer })),
  );
  return weights === null ? null : { kind: 'weights', ...weights };
}

function noServers(properties: readonly Property[]): string {
  const dynamic = lastValue(properties, 'dynamicConfigFile');
  return dynamic === null
    ? 'has no server.N= line; give a zoo.cfg or dynamic file that names the ensemble'
    : `has no server.N= line; its members are in ${quote(dynamic)}, give that file`;
}

function memberOf({ hosts: [first, ...also], observer }: ServerLine): MemberName {
  return { ...first, observer, ...(also.length > 0 ? { also } : {}) };
}

function portsIn(
  properties: readonly Property[],
  servers: readonly Server[],
  podName: string,
): FilePorts {
  const pod = hostKey(podName).split('.')[0];
  const isOwn = ({ said }: Server): boolean =>
    said.hosts.some(
      ({ name, literal }) => name === podName || (!literal && hostKey(name).split('.')[0] === pod),
    );
  const own = servers.filter(isOwn);
  const ports = (own.length > 0 ? own : servers).flatMap(({ said }) => said.clientPort ?? []);
  const written = portOf(properties, 'clientPort');
  return {
    quorum: union(servers, ({ quorumPorts }) => quorumPorts),
    election: union(servers, ({ electionPorts }) => electionPorts),
    client: ports.length > 0 || written === null ? [...new Set(ports)] : [written],
    secureClient: portOf(properties, 'secureClientPort'),
  };
}

function union(servers: readonly Server[], of: (said: ServerLine) => readonly number[]): number[] {
  return [...new Set(servers.flatMap(({ said }) => of(said)))];
}

/** The port of a setting; `null` where it is not set, or set to 0, which sets none. */
function portOf(properties: readonly Property[], key: string): number | null {
  const property = properties.findLast((one) => one.key === key);
  if (property === undefined || /^0+$/.test(property.value)) return null;
  return onLine(property.line, () => parsePort(property.value));
}

function refuseDuplicates(servers: readonly Server[]): void {
  const lineById = new Map<string, number>();
  const lineByHost = new Map<string, number>();
  for (const { line, id, said } of servers) {
    refuseSecond(lineById, id, line, `server.${id}`);
    for (const { name } of said.hosts) refuseSecond(lineByHost, hostKey(name), line, quote(name));
  }
}

function refuseSecond(lines: Map<string, number>, key: string, line: number, title: string): void {
  const earlier = lines.get(key);
  if (earlier !== undefined) {
    throw new Problem(`line ${line}: ${title} is already on line ${earlier}; remove one of them`);
  }
  lines.set(key, line);
}
