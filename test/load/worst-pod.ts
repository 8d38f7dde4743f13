/**
 * `worst-pod.ts`: the busiest pod that an agent may meet, in the namespace that it is run in: nine members in
 * ZooKeeper's shape, of which the leader goes and comes; 4,000 sockets on the watched member's ports; a
 * server that answers `srvr`, a mesh proxy's admin, and a probe beside every other member. Says `up`, and
 * runs until its standard input ends.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilStdinEnds } from '../bench/program.ts';
import { startStandIn, ZOOKEEPER_PORTS } from '../demo/stand-in.ts';
import { leaderReport } from '../http/sample-report.ts';
import { WORST_MEMBERS, WORST_PORT } from './worst-case.ts';

const SOCKETS = 4_000;
const AT_ONCE = 200;
const ADMIN_PORT = 15_000;
const CHANGE_EVERY_MS = 5_000;

const [watched = '', ...others] = WORST_MEMBERS;
const ensemble = await startStandIn({ addresses: WORST_MEMBERS, srvr: fixture('srvr/leader.txt') });
const probes = new Map<string, Server>();
for (const address of others) probes.set(address, probeOf(address));
createHttpServer((request, response) => response.end(adminAnswer(request.url ?? ''))).listen(
  ADMIN_PORT,
  '127.0.0.1',
);
const crowd: Socket[] = [];
while (crowd.length < SOCKETS / 2) await Promise.all(Array.from({ length: AT_ONCE }, join));
process.stdout.write('up\n');
void comeAndGo();
await untilStdinEnds();
process.exit(0);

async function comeAndGo(): Promise<void> {
  for (;;) {
    await sleep(CHANGE_EVERY_MS);
    const lost = await ensemble.loseLeader();
    probes.get(lost.address)?.close();
    probes.get(lost.address)?.closeAllConnections();
    await ensemble.elect();
    await sleep(CHANGE_EVERY_MS);
    await ensemble.restore();
    probes.set(lost.address, probeOf(lost.address));
  }
}

/** A connection to the watched member's client or election port, from one of 200 addresses. */
function join(): Promise<void> {
  return new Promise((resolve, reject) => {
    const number = crowd.length;
    const port = number % 2 === 0 ? ZOOKEEPER_PORTS.client : ZOOKEEPER_PORTS.election;
    const localAddress = `127.0.1.${1 + (number % 200)}`;
    const socket = connect({ host: watched, port, localAddress }, resolve);
    crowd.push(socket);
    socket.on('error', reject).resume();
  });
}

function probeOf(address: string): Server {
  const report = leaderReport({ member: { name: address, addresses: [address] } });
  const body = JSON.stringify({
    ...report,
    links: WORST_MEMBERS.flatMap((peer) => report.links.map((link) => ({ ...link, peer }))),
    peers: WORST_MEMBERS.map((name) => ({ name, addresses: [name], status: 'linked' })),
  });
  return createHttpServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  }).listen(WORST_PORT, address);
}

function adminAnswer(url: string): string {
  if (url.startsWith('/server_info')) return fixture('envoy/server_info.json');
  return fixture(
    url.startsWith('/clusters') ? 'envoy/clusters-sidecar.json' : 'envoy/listeners.json',
  );
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
}
