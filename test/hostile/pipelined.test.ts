import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type BuiltProgram, buildProgram } from '../built-program.ts';
import { type RawClient, rawClient, requestText } from '../http/raw-client.ts';
import { type HostileAgent, startAgent } from './agent.ts';

const COUNTS = [80, 600, 2_000];
const PATHS = [
  '/livez',
  '/readyz?verbose',
  '/readyz/quorum-link',
  '/healthz',
  '/metrics',
  '/api/v1/report',
  '/api/v1/report/schema',
  '/api/v1/events',
  '/api/v1/ensemble',
  '/',
  '/nowhere',
];
const MOST_BYTES = 110 * 1024 * 1024;

let program: BuiltProgram;

before(() => {
  program = buildProgram();
});

/** Reads until the answers have all come, or the connection has ended; how many there were. */
async function answersOf(client: RawClient, most: number): Promise<number> {
  const answers = new Promise<number>((resolve) => {
    let count = 0;
    let tail = '';
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk: string) => {
      const text = tail + chunk;
      count += text.split('HTTP/1.1 ').length - 1;
      tail = text.endsWith('HTTP/1.1 ') ? '' : text.slice(-8);
      if (count >= most) resolve(count);
    });
    client.socket.once('close', () => resolve(count));
  });
  return answers;
}

async function staysWell(agent: HostileAgent, what: string): Promise<void> {
  assert.ok(agent.isRunning(), what);
  assert.equal((await agent.probe('/livez')).status, 200, what);
  assert.ok(agent.peakBytes() < MOST_BYTES, `${what}: ${agent.peakBytes()} bytes`);
}

test('however many requests for whatever path come in one write, all are answered', {
  timeout: 240_000,
}, async (t) => {
  const agent = await startAgent(t, program);
  for (const path of PATHS) {
    for (const method of ['GET', 'HEAD']) {
      for (const count of COUNTS) {
        const client = await rawClient(t, agent.port);
        const answers = answersOf(client, count);
        client.send(requestText(path, method).repeat(count));
        assert.equal(await answers, count, `${method} ${path} ${count} times`);
        client.socket.destroy();
      }
    }
    await staysWell(agent, path);
  }
  t.diagnostic(`peak ${(agent.peakBytes() / 2 ** 20).toFixed(0)} MiB`);
});

test('mixtures are answered up to the first event stream', async (t) => {
  const agent = await startAgent(t, program);
  const mixture = PATHS.map((path, index) => requestText(path, index % 3 === 0 ? 'HEAD' : 'GET'));
  for (const stream of ['/api/v1/stream', '/api/v1/events']) {
    const client = await rawClient(t, agent.port);
    const expected = 20 * PATHS.length + 1;
    const answers = answersOf(client, expected);
    const streaming = requestText(stream, 'GET', 'Accept: text/event-stream\r\n');
    client.send(mixture.join('').repeat(20) + streaming + mixture.join('').repeat(20));
    assert.equal(await answers, expected, stream);
    await staysWell(agent, stream);
  }
});

test('a house full of connections with 2,000 requests each that nobody reads is bounded', async (t) => {
  const agent = await startAgent(t, program);
  for (const path of ['/metrics', '/', '/api/v1/report', '/livez']) {
    const clients: RawClient[] = [];
    for (let index = 0; index < 120; index += 1) {
      const client = await rawClient(t, agent.port);
      client.socket.pause();
      client.send(requestText(path).repeat(2_000));
      clients.push(client);
    }
    await staysWell(agent, path);
    for (const client of clients) client.socket.destroy();
  }
  t.diagnostic(`peak ${(agent.peakBytes() / 2 ** 20).toFixed(0)} MiB`);
});
