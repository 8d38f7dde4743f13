import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Ports } from './member.ts';

/** Where the stand-in's members may listen: nothing else holds these ports there. */
export interface Place {
  readonly addresses: readonly string[];
  readonly ports: Ports;
}

const USUAL_ADDRESSES = ['127.0.0.11', '127.0.0.12', '127.0.0.13'];
const TRIES = 20;

/**
 * Finds three loopback addresses where the ports are free: the usual ones, else some at random;
 * else (a listener on all addresses holds a port) `replace` takes other ports, `refuse` throws.
 */
export async function findPlace(ports: Ports, whenTaken: 'replace' | 'refuse'): Promise<Place> {
  const usual = { addresses: USUAL_ADDRESSES, ports };
  if (await isFree(usual)) return usual;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const place = { addresses: someAddresses(), ports };
    if (await isFree(place)) return place;
  }
  for (let tried = 0; whenTaken === 'replace' && tried < TRIES; tried += 1) {
    const place = { addresses: someAddresses(), ports: somePorts() };
    if (await isFree(place)) return place;
  }
  const { client, quorum, election } = ports;
  throw new Error(
    `ports ${client}, ${quorum} and ${election} are not free on any loopback address tried: ` +
      'free them, or give others with --ports client=…,quorum=…,election=…',
  );
}

/** A port of 127.0.0.1 that nothing holds: the wanted one, else any. */
export async function findPort(wanted: number): Promise<number> {
  return (await tryListen('127.0.0.1', wanted)) ?? (await tryListen('127.0.0.1', 0)) ?? wanted;
}

async function isFree({ addresses, ports }: Place): Promise<boolean> {
  for (const address of addresses) {
    for (const port of [ports.client, ports.quorum, ports.election]) {
      if ((await tryListen(address, port)) === null) return false;
    }
  }
  return true;
}

async function tryListen(address: string, port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen(port, address);
    await once(server, 'listening');
    const bound = server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : null;
  } catch {
    return null;
  } finally {
    server.close();
  }
}

/** Neighbours in 127.0.0.0/8, all of which is this machine on Linux; 127.0.0.0/24 is left to others. */
function someAddresses(): string[] {
  const net = `127.${between(1, 250)}.${between(1, 250)}`;
  const first = between(1, 250);
  return [0, 1, 2].map((step) => `${net}.${first + step}`);
}

/** Three ports below the kernel's usual range for outgoing connections, which starts at 32768. */
export function somePorts(): Ports {
  const first = between(10_000, 32_000);
  return { client: first, quorum: first + 1, election: first + 2 };
}

function between(low: number, high: number): number {
  return low + Math.floor(Math.random() * (high - low + 1));
}
