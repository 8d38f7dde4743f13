import { isPassthroughSource } from '../model/address.ts';
import type { Coverage } from '../model/coverage.ts';
import { countsByState, type PortCounts, type Socket, type SocketTable } from '../model/socket.ts';
import type { WatchedPorts } from '../proc/tcp-table.ts';
import { isForwarded } from './forwarders.ts';
import type { HostListing } from './hosts.ts';

/** The rows of one host as the scanner of the live table would give them, but without its caps: they are all in memory. */
export function tableOfHost(
  host: HostListing,
  watched: WatchedPorts,
  coverage: Coverage,
): SocketTable {
  const { duplicates } = host;
  const sockets = host.sockets.filter((row) => !isForwarded(row));
  const peer = new Set(watched.peer);
  const kept = new Set([...watched.peer, ...watched.capture]);
  const isOn = (ports: ReadonlySet<number>, { local, remote }: Socket): boolean =>
    ports.has(local.port) || ports.has(remote.port);
  const open = sockets.filter(({ state }) => state !== 'listen');
  return {
    listeners: sockets.filter(({ state }) => state === 'listen'),
    connections: open.filter((row) => row.state !== 'time_wait' && isOn(kept, row)),
    attempts: open.filter(
      ({ state, remote }) => state === 'syn_sent' && watched.counted.includes(remote.port),
    ),
    timeWaits: open.filter((row) => row.state === 'time_wait' && isOn(peer, row)),
    ports: new Map([
      ...watched.counted.map((port) => [port, countsOf(port, sockets, true)] as const),
      ...watched.peer.map((port) => [port, countsOf(port, sockets, false)] as const),
    ]),
    rowsRead: host.sockets.length + duplicates,
    malformed: malformedIn(host),
    duplicates,
    coverage,
    captureCrowd: false,
  };
}

function malformedIn({ sections }: HostListing): Record<string, number> {
  const malformed: Record<string, number> = {};
  for (const { reason } of sections.flatMap(({ unread }) => unread)) {
    malformed[reason] = (malformed[reason] ?? 0) + 1;
  }
  return malformed;
}

function countsOf(port: number, sockets: readonly Socket[], byOwner: boolean): PortCounts {
  const inbound = sockets.filter(({ local }) => local.port === port);
  const outbound = sockets.filter(
    ({ local, remote }) => remote.port === port && local.port !== port,
  );
  const connections = byOwner ? inbound.filter(({ state }) => state !== 'listen') : [];
  return {
    states: statesOf([...inbound, ...outbound]),
    inboundByUid: uidsOf(connections),
    passthrough: passthroughOf(outbound),
    unreadBytes: sum(connections.map(({ rxQueueBytes }) => rxQueueBytes)),
    unackedBytes: sum(connections.map(({ txQueueBytes }) => txQueueBytes)),
  };
}

function passthroughOf(outbound: readonly Socket[]): PortCounts['passthrough'] {
  const dialled = outbound.filter(({ local }) => isPassthroughSource(local.address));
  const waiting = dialled.filter(({ state }) => state === 'time_wait');
  return { open: dialled.length - waiting.length, timeWait: waiting.length };
}

function statesOf(sockets: readonly Socket[]): PortCounts['states'] {
  const counts = countsByState();
  for (const { state } of sockets) counts[state] += 1;
  return counts;
}

function uidsOf(sockets: readonly Socket[]): ReadonlyMap<number, number> {
  const byUid = new Map<number, number>();
  for (const { owner, state } of sockets) {
    if (state !== 'established') continue;
    const uid = owner.kind === 'uid' ? owner.uid : -1;
    byUid.set(uid, (byUid.get(uid) ?? 0) + 1);
  }
  return byUid;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
