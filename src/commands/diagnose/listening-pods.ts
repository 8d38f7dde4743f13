import type { KnownProfile } from '../../model/collection.ts';
import { createTableScanner } from '../../proc/tcp-table.ts';
import type { PortOverride } from '../../profiles/index.ts';
import {
  LISTENER_CAP,
  type Listener,
  type Listening,
  recogniseListeners,
  TELLING_PORTS,
} from '../../profiles/listening.ts';
import { byteOrderOf } from './byte-order.ts';
import type { Located } from './locate.ts';
import { factsOf } from './pods.ts';
import { type ReadEdges, readPod } from './read-pod.ts';
import { readersOf } from './system.ts';

/** Pods that are read for it; the members of one ensemble are alike. */
const MOST_PODS = 3;

/** The system of the pods by the ports that listen in them. */
export async function systemByListeners(
  edges: ReadEdges,
  { pods }: Pick<Located, 'pods'>,
  ports: PortOverride | null,
): Promise<KnownProfile> {
  const running = [...pods.values()].filter((pod) => factsOf(pod).phase === 'Running');
  const read = await Promise.all(
    running.slice(0, MOST_PODS).map(async (pod) => {
      const { addresses, name } = factsOf(pod);
      const one = await readPod(edges, name, readersOf(pod, null));
      if (one.kind === 'failed') return { reason: `${name}: ${one.reason}` };
      const files = [one.files.get('net/tcp'), one.files.get('net/tcp6')];
      return { listeners: listenersIn(files, addresses, ports) };
    }),
  );
  const hosts = read.flatMap(({ listeners }) => (listeners === undefined ? [] : [listeners]));
  const [failed] = read.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  if (hosts.length === 0) {
    return {
      kind: 'unknown',
      reason: `no pod's sockets can be read${failed === undefined ? '' : `: ${failed}`}`,
    };
  }
  return knownBy(recogniseListeners(hosts, ports ?? undefined));
}

function knownBy(found: Listening): KnownProfile {
  switch (found.kind) {
    case 'known':
      return { kind: 'known', name: found.name, by: found.by };
    case 'unclear':
      return {
        kind: 'unknown',
        reason: `in the pods ${found.why}: it may be ${found.profiles.join(' or ')}`,
      };
    case 'nothing':
      return { kind: 'unknown', reason: 'nothing listens on a port of a known system in the pods' };
  }
}

function listenersIn(
  files: readonly (Buffer | undefined)[],
  addresses: readonly string[],
  ports: PortOverride | null,
): readonly Listener[] {
  const tables = files.filter((file) => file !== undefined);
  const counted = [...TELLING_PORTS, ...[...(ports?.values() ?? [])].flat()];
  const scanner = createTableScanner({
    watched: { counted, peer: [], capture: [], markers: [] },
    rowCap: LISTENER_CAP,
    littleEndian: byteOrderOf(tables, addresses) === 'little',
  });
  for (const table of tables) {
    scanner.push(table);
    scanner.end();
  }
  return scanner.table().listeners;
}
