import type { HostName } from '../model/settings.ts';
import { isWildcard, normalAddress } from './addresses.ts';
import { parseHost } from './hosts.ts';
import { parsePort } from './ports.ts';
import { Problem, quote } from './problem.ts';

/** What one `server.N=` line says. */
export interface ServerLine {
  /** The hosts of its addresses, in their order, each once. */
  readonly hosts: readonly [HostName, ...HostName[]];
  readonly observer: boolean;
  readonly quorumPorts: readonly number[];
  readonly electionPorts: readonly number[];
  /** The port behind the semicolon; `null` where there is none. */
  readonly clientPort: number | null;
}

/**
 * `host:quorumPort:electionPort[:type][|…][;[clientAddress:]clientPort]`, as ZooKeeper's
 * `QuorumPeer.QuorumServer` reads it. A server at 0.0.0.0 or :: is this member itself, as container
 * images write it: it gets `podName`. Throws a Problem that names the part at fault.
 */
export function parseServerLine(value: string, podName: string): ServerLine {
  if (value.includes('\\')) {
    throw new Problem(`${quote(value)} has a backslash; write the addresses without it`);
  }
  const [servers = '', client = '', ...more] = value.split(';');
  if (more.length > 0) {
    throw new Problem(`${quote(value)} has more than one semicolon; write one client address`);
  }
  const [first, ...others] = servers.split('|').map((one) => address(one.trim(), podName));
  if (first === undefined) throw new Problem(`${quote(value)} has no host`);
  const all = [first, ...others];
  const types = new Set(all.flatMap(({ type }) => (type === null ? [] : [type])));
  if (types.size > 1) {
    throw new Problem('its addresses differ in participant or observer; write the same for all');
  }
  return {
    hosts: [first.host, ...others.map(({ host }) => host).filter(isNew([first.host]))],
    observer: types.has('observer'),
    quorumPorts: [...new Set(all.map(({ quorumPort }) => quorumPort))],
    electionPorts: [...new Set(all.map(({ electionPort }) => electionPort))],
    clientPort: client.trim() === '' ? null : clientPort(client.trim()),
  };
}

function isNew(known: HostName[]): (host: HostName) => boolean {
  return (host) => {
    if (known.some(({ name }) => name === host.name)) return false;
    known.push(host);
    return true;
  };
}

function address(text: string, podName: string) {
  const [, host, quorum, election, type = null] =
    /^(\[[^\]]*\]|[^:[\]]+):(\d+):(\d+)(?::\s*(\w+))?$/.exec(text) ?? [];
  if (host === undefined || quorum === undefined || election === undefined) {
    throw new Problem(
      `${quote(text)} is not a server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets`,
    );
  }
  if (type !== null && !/^(?:participant|observer)$/i.test(type)) {
    throw new Problem(`${quote(type)} is not a type of server; write participant or observer`);
  }
  const quorumPort = parsePort(quorum);
  const electionPort = parsePort(election);
  if (quorumPort === electionPort) {
    throw new Problem(`port ${quorumPort} cannot be both quorum and election; give each its own`);
  }
  const kind = type?.toLowerCase() ?? null;
  return { host: hostOrSelf(host.trim(), podName), type: kind, quorumPort, electionPort };
}

/** `[address:]port`; which address the clients are listened to on does not matter here. */
function clientPort(text: string): number {
  const [, host, port] = /^(?:(\[[^\]]*\]|[^:[\]]+):)?\s*(\d+)$/.exec(text) ?? [];
  if (port === undefined) {
    throw new Problem(
      `${quote(text)} is not a client address; write it as 2181 or 0.0.0.0:2181, IPv6 addresses in brackets`,
    );
  }
  if (host !== undefined && !isAnyAddress(host.trim())) parseHost(host.trim());
  return parsePort(port);
}

function isAnyAddress(host: string): boolean {
  const normal = normalAddress(host);
  return normal !== null && isWildcard(normal);
}

function hostOrSelf(text: string, podName: string): HostName {
  return isAnyAddress(text)
    ? { name: podName, literal: normalAddress(podName) !== null }
    : parseHost(text);
}
