/**
 * `holder.ts ADDRESS N`: a server on ADDRESS's client port and its N clients, so 2 N sockets, held
 * until the standard input ends.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { ZOOKEEPER_PORTS } from '../demo/stand-in.ts';
import { untilStdinEnds } from './program.ts';

const AT_ONCE = 256;
/** Several batches may wait to be accepted; a SYN that finds the queue full is retried after 1 s only. */
const BACKLOG = 4_096;

const [address = '', count] = process.argv.slice(2);
const port = ZOOKEEPER_PORTS.client;
const wanted = Number(count);

// An IPv4-mapped address, so that accepted ends are rows of tcp6, as those of a default JVM are.
const server = createServer().listen({ host: `::ffff:${address}`, port, backlog: BACKLOG });
await once(server, 'listening');
const clients: Socket[] = [];
while (clients.length < wanted) {
  const missing = Math.min(AT_ONCE, wanted - clients.length);
  clients.push(...(await Promise.all(Array.from({ length: missing }, dial))));
}
process.stdout.write(`${clients.length}\n`);
await untilStdinEnds();
process.exit(0);

async function dial(): Promise<Socket> {
  const client = connect(port, address);
  await once(client, 'connect');
  return client;
}
