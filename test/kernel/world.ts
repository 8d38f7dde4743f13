/**
 * `world.ts`, run in a network namespace of its own as root: opens sockets of every kind, reads the table
 * by /proc and by netlink until it stands still meanwhile, and says both as one JSON line with all that the
 * kernel answered. A line on standard input asks for another reading; the end of it ends the program.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Socket as Connection, connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { setImmediate as pause } from 'node:timers/promises';
import { createDiagReader } from '../../src/kernel/dump.ts';
import { openNetlink } from '../../src/kernel/koffi.ts';
import type { Netlink } from '../../src/kernel/netlink.ts';
import { withVitals } from '../../src/kernel/watch.ts';
import type { Socket } from '../../src/model/socket.ts';
import { createMeter, PROCESS_CLOCKS } from '../../src/proc/meter.ts';
import { readTables } from '../../src/proc/read.ts';
import { createTableKeeper } from '../../src/proc/table-keeper.ts';
import { type Exchange, portable, type Recording, WATCHED } from './recording.ts';

const OPTIONS = { watched: WATCHED, rowCap: 1000 };
const PORTS = [...WATCHED.counted, ...WATCHED.peer, ...WATCHED.capture];
const FILES = ['tcp', 'tcp6'] as const;
const OTHER_UID = 65_532;
/** Nobody has this address: what is sent there is never answered. */
const SILENT = '10.9.9.9';

const children: ReturnType<typeof spawn>[] = [];
process.once('SIGTERM', () => process.exit());
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

const held: (Server | Connection)[] = [];
await openSockets();
const lines = createInterface({ input: process.stdin });
process.stdout.write(`${JSON.stringify(await readBoth())}\n`);
for await (const _line of lines) process.stdout.write(`${JSON.stringify(await readBoth())}\n`);
process.exit();

async function openSockets(): Promise<void> {
  await listen('::', 3888);
  await listen('127.0.0.1', 2888);
  await listen('::', 2181);
  await listen('127.0.0.1', 15_006);
  await listen('127.0.0.1', 7_000);
  // The listener of both families sees an IPv4-mapped address, the client a plain one.
  await dial('127.0.0.1', 3888);
  await dial('::1', 3888);
  await dial('127.0.0.1', 2888);
  await dial('127.0.0.1', 2181);
  await dial('::1', 2181);
  await dial('127.0.0.1', 15_006);
  await dial('127.0.0.1', 7_000);
  // Who closes first keeps a row of TIME_WAIT.
  const closing = await dial('127.0.0.1', 2888);
  const remote = closing.localPort;
  closing.end();
  await once(closing, 'close');
  if (remote === undefined) throw new Error('the connection had no port');
  connect(2888, SILENT).on('error', () => {});
  connect(15_006, SILENT).on('error', () => {});
  const keeping = await dial('127.0.0.1', 3888);
  keeping.setKeepAlive(true, 600_000);
  await otherUser();
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer((connection) => {
    held.push(connection);
    connection.on('error', () => {});
    connection.once('end', () => connection.end());
  });
  server.listen(port, host);
  await once(server, 'listening');
  held.push(server);
  return server;
}

async function dial(host: string, port: number): Promise<Connection> {
  const connection = connect(port, host);
  connection.on('error', () => {});
  await once(connection, 'connect');
  held.push(connection);
  return connection;
}

/** Another user's listener, which stops accepting: connections wait in its queue, and nobody holds them yet. */
async function otherUser(): Promise<void> {
  const script = `
    const net = require('node:net');
    net.createServer().listen(3889, '127.0.0.1', () => {
      net.connect(3888, '127.0.0.1', () => process.stdout.write('ready\\n'));
    });`;
  const child = spawn(process.execPath, ['-e', script], {
    uid: OTHER_UID,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))) await pause();
  await dial('127.0.0.1', 3889);
  const unread = await dial('127.0.0.1', 3889);
  unread.write('not read');
}

/** Reads /proc, netlink and /proc again, until both readings of /proc are the same. */
async function readBoth(): Promise<Recording> {
  const opened = await openNetlink();
  if (opened.kind !== 'open') throw new Error(opened.reason);
  const exchanges: Exchange[] = [];
  const reader = createDiagReader(recording(opened.netlink, exchanges));
  try {
    for (;;) {
      exchanges.length = 0;
      const before = await readProc();
      const texts = { tcp: text('tcp'), tcp6: text('tcp6') };
      const keeper = createTableKeeper(OPTIONS);
      const end = await reader.read(FILES, PORTS, keeper, timing());
      const whole = await withVitals(reader, keeper.table(), timing());
      const after = await readProc();
      if (whole.kind !== 'read') throw new Error(`lookups: ${JSON.stringify(whole)}`);
      if (end.kind === 'failed') throw new Error(end.reason);
      await pause();
      const stoodStill = JSON.stringify(before) === JSON.stringify(after);
      if (end.kind === 'read' && stoodStill && before.connections.some(isUnanswered)) {
        return { ...texts, exchanges, table: portable(whole.table) };
      }
    }
  } finally {
    reader.close();
  }
}

/** The kernel sends a SYN that nobody answers again after a second. */
function isUnanswered({ state, retransmits }: Socket): boolean {
  return state === 'syn_sent' && retransmits > 0;
}

async function readProc() {
  return portable((await readTables('/proc', FILES, OPTIONS, timing())).table);
}

function text(file: string): string {
  return readFileSync(`/proc/net/${file}`, 'latin1');
}

function timing() {
  return {
    sliceMs: 4,
    clock: () => performance.now(),
    pause: () => pause(),
    meter: createMeter(PROCESS_CLOCKS),
  };
}

/** Keeps what went through a netlink socket. */
function recording(netlink: Netlink, exchanges: Exchange[]): Netlink {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const sent = (request: Uint8Array): void => {
    exchanges.push({ request: base64(request), pieces: [] });
  };
  const received = (into: Uint8Array, length: number): void => {
    exchanges.at(-1)?.pieces.push(base64(into.subarray(0, length)));
  };
  return {
    send(request) {
      sent(request);
      return netlink.send(request);
    },
    receive(into) {
      const length = netlink.receive(into);
      received(into, length);
      return length;
    },
    sendAside(request) {
      sent(request);
      return netlink.sendAside(request);
    },
    async receiveAside(into) {
      const length = await netlink.receiveAside(into);
      received(into, length);
      return length;
    },
    receiveEvent: netlink.receiveEvent,
    close: netlink.close,
  };
}
