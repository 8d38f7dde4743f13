/**
 * Writes to the ensemble without end, as an impatient client does, and prints the time of each
 * acknowledged write: `writer.ts PORT ADDRESS… [--bytes=N] [--pause-ms=N]`. When a server fails it, the next one
 * is tried.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectRequest, createRequest, readReply, setDataRequest, takeRecords } from './jute.ts';

const PATH = '/lab-writer';
const SESSION_MS = 6000;
const PATIENCE_MS = 2000;
const PAUSE_MS = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bytes: { type: 'string', default: '0' },
    'pause-ms': { type: 'string', default: String(PAUSE_MS) },
  },
});
const [port, ...addresses] = positionals;
const bytes = Number(values.bytes);
const pauseMs = Number(values['pause-ms']);

for (let turn = 0; ; turn++) {
  const socket = connect({ host: addresses[turn % addresses.length] ?? '', port: Number(port) });
  try {
    await write(socket);
  } catch {
    await sleep(PAUSE_MS);
  } finally {
    socket.destroy();
  }
}

/** Writes until the server fails. */
async function write(socket: Socket): Promise<never> {
  const records = recordsOf(socket);
  await exchange(socket, records, connectRequest(SESSION_MS));
  await exchange(socket, records, createRequest(1, PATH));
  for (let xid = 2; ; xid++) {
    const record = await exchange(
      socket,
      records,
      setDataRequest(xid, PATH, String(Date.now()).padEnd(bytes, '.')),
    );
    const reply = readReply(record);
    if (reply?.xid !== xid || reply.error !== 0) throw new Error('not written');
    console.log(Date.now());
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

async function exchange(
  socket: Socket,
  records: AsyncIterator<Buffer, undefined>,
  request: Buffer,
): Promise<Buffer> {
  socket.write(request);
  const { value } = await records.next();
  if (value === undefined) throw new Error('closed');
  return value;
}

async function* recordsOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('silent')));
  let waiting = Buffer.alloc(0);
  for await (const chunk of socket) {
    const { records, rest } = takeRecords(Buffer.concat([waiting, chunk]));
    waiting = Buffer.from(rest);
    yield* records;
  }
  return undefined;
}
