import type { HostName, MemberName } from '../model/settings.ts';
import { isWildcard, normalAddress } from './addresses.ts';
import { hostKey, parseHost } from './hosts.ts';
import { parsePort } from './ports.ts';
import { Problem, quote } from './problem.ts';

export type MembersFile =
  | { readonly kind: 'members'; readonly members: readonly MemberName[] }
  /** One line that names the file's line at fault and says what to do. */
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * The members in the `server.N=` lines of a zoo.cfg or of its dynamic file, as ZooKeeper's
 * `QuorumPeer.QuorumServer` reads them, in the file's order; all other lines are left alone.
 * A server at 0.0.0.0 or :: is this member itself, as container images write it: it gets `podName`.
 */
export function parseMembersFile(text: string, podName: string): MembersFile {
  try {
    const servers = serverLines(text);
    if (servers.length === 0) throw new Problem(noServers(text));
    const members = servers.map((server) => member(server, podName));
    refuseDuplicates(servers, members);
    if (members.every(({ observer }) => observer)) {
      throw new Problem('has observers only; one server at least must be a participant');
    }
    return { kind: 'members', members };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'invalid', problem: error.message };
    throw error;
  }
}

interface ServerLine {
  readonly line: number;
  readonly id: string;
  readonly value: string;
}

function serverLines(text: string): readonly ServerLine[] {
  return text.split(/\r\n|\r|\n/).flatMap((written, index) => {
    const [, id, value] = /^\s*server\.([^\s=:]*)\s*[=:](.*)$/.exec(written) ?? [];
    if (id === undefined || value === undefined) return [];
    if (!/^\d{1,19}$/.test(id)) {
      throw new Problem(
        `line ${index + 1}: ${quote(`server.${id}`)} has no number; write it as server.1=`,
      );
    }
    return [{ line: index + 1, id: String(BigInt(id)), value: value.trim() }];
  });
}

function noServers(text: string): string {
  const dynamic = /^\s*dynamicConfigFile\s*=\s*(\S+)/m.exec(text)?.[1];
  return dynamic === undefined
    ? 'has no server.N= line; give a zoo.cfg or dynamic file that names the ensemble'
    : `has no server.N= line; its members are in ${quote(dynamic)}, give that file`;
}

/** `host:quorumPort:electionPort[:type][|…][;[clientAddress:]clientPort]` */
function member({ line, value }: ServerLine, podName: string): MemberName {
  try {
    // What follows the first semicolon is the client's address, which the profile knows.
    const [servers = ''] = value.split(';', 1);
    const [first, ...others] = servers.split('|').map((one) => server(one.trim(), podName));
    if (first === undefined) throw new Problem(`${quote(value)} names no host`);
    if (others.some(({ observer }) => observer !== first.observer)) {
      throw new Problem(
        'its addresses disagree on participant or observer; write the same for all',
      );
    }
    const also = others.map(({ host }) => host).filter(({ name }) => name !== first.host.name);
    return { ...first.host, observer: first.observer, ...(also.length > 0 ? { also } : {}) };
  } catch (error) {
    throw error instanceof Problem ? new Problem(`line ${line}: ${error.message}`) : error;
  }
}

function server(text: string, podName: string): { host: HostName; observer: boolean } {
  const [, host, quorumPort, electionPort, type = 'participant'] =
    /^(\[[^\]]*\]|[^:[\]]+):(\d+):(\d+)(?::\s*(\w+))?$/.exec(text) ?? [];
  if (host === undefined || quorumPort === undefined || electionPort === undefined) {
    throw new Problem(
      `${quote(text)} is no server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets`,
    );
  }
  if (!/^(?:participant|observer)$/i.test(type)) {
    throw new Problem(`${quote(type)} is no type of server; write participant or observer`);
  }
  parsePort(quorumPort);
  parsePort(electionPort);
  return { host: hostOrSelf(host, podName), observer: type.toLowerCase() === 'observer' };
}

function hostOrSelf(text: string, podName: string): HostName {
  const address = normalAddress(text);
  if (address !== null && isWildcard(address))
    return { name: podName, literal: normalAddress(podName) !== null };
  return parseHost(text);
}

function refuseDuplicates(servers: readonly ServerLine[], members: readonly MemberName[]): void {
  const lineById = new Map<string, number>();
  const lineByHost = new Map<string, number>();
  members.forEach((one, index) => {
    const { line, id } = servers[index] ?? { line: 0, id: '' };
    refuseSecond(lineById, id, line, `server.${id}`);
    for (const { name } of [one, ...(one.also ?? [])]) {
      refuseSecond(lineByHost, hostKey(name), line, quote(name));
    }
  });
}

function refuseSecond(lines: Map<string, number>, key: string, line: number, title: string): void {
  const earlier = lines.get(key);
  if (earlier !== undefined) {
    throw new Problem(`line ${line}: ${title} is on line ${earlier} already; remove one of them`);
  }
  lines.set(key, line);
}
