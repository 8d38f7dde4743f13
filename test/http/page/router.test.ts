import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import express from 'express';
import { pageRouter } from '../../../src/http/page/router.ts';
import { STREAM_LIMITS, type StreamLimits } from '../../../src/http/page/stream.ts';
import { type FakeView, fakeView } from './fake-view.ts';
import { HOSTILE, hostileState } from './hostile.ts';
import { pageState, STATES } from './states.ts';

interface Served extends FakeView {
  readonly url: string;
  readonly server: Server;
}

async function serve(t: TestContext, limits: Partial<StreamLimits> = {}): Promise<Served> {
  const fake = fakeView(STATES.leader);
  const server = createServer(
    express().use(pageRouter(fake.view, { ...STREAM_LIMITS, gatherMs: 1, ...limits })),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ...fake, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface Stream {
  readonly response: IncomingMessage;
  /** The next event, as its name and data. */
  next(): Promise<{ readonly name: string; readonly data: Record<string, unknown> }>;
}

function openStream(url: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    get(`${url}/api/v1/stream`, (response) => resolve(streamOf(response))).on('error', reject);
  });
}

function streamOf(response: IncomingMessage): Stream {
  response.setEncoding('utf8');
  const chunks = response[Symbol.asyncIterator]();
  let text = '';
  async function next(): ReturnType<Stream['next']> {
    const end = text.indexOf('\n\n');
    if (end >= 0) {
      const match = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end));
      assert.ok(match, `not an event: ${text.slice(0, end)}`);
      text = text.slice(end + 2);
      return { name: match[1] ?? '', data: JSON.parse(match[2] ?? '') };
    }
    const chunk = await chunks.next();
    assert.ok(!chunk.done, 'the stream ended');
    text += chunk.value;
    return next();
  }
  return { response, next };
}

test('the page comes with one strict policy and is not stored', async (t) => {
  const { url } = await serve(t);
  const response = await fetch(url);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.equal(response.status, 200);
  assert.match(
    policy,
    /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; /,
  );
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.match(await response.text(), /Leading the quorum/);
});

test('HEAD opens no stream', async (t) => {
  const { url, listeners } = await serve(t);
  const response = await fetch(`${url}/api/v1/stream`, { method: 'HEAD' });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  assert.equal(listeners(), 0);
});

test('a stream begins with the whole state and goes on with what changed', async (t) => {
  const { url, show } = await serve(t);
  const stream = await openStream(url);
  const first = await stream.next();
  assert.equal(first.name, 'page');
  assert.equal(Object.keys(first.data['sections'] ?? {}).length, 10);
  show(pageState({ ready: false, verdict: 'degraded' }));
  const second = await stream.next();
  assert.equal(second.data['verdict'], 'degraded');
  const changed = Object.keys(second.data['sections'] ?? {});
  assert.ok(changed.includes('verdict') && !changed.includes('checks'), String(changed));
});

test('the agent is listened to only while somebody reads', async (t) => {
  const { url, listeners } = await serve(t);
  assert.equal(listeners(), 0);
  const streams = await Promise.all([openStream(url), openStream(url)]);
  assert.equal(listeners(), 1);
  for (const { response } of streams) response.destroy();
  const again = await openStream(url);
  await again.next();
  assert.equal(listeners(), 1);
});

test('streams are bounded and one more is told to come back', async (t) => {
  const { url } = await serve(t, { mostStreams: 2 });
  await Promise.all([openStream(url), openStream(url)]);
  const third = await fetch(`${url}/api/v1/stream`);
  assert.equal(third.status, 503);
  assert.equal(third.headers.get('retry-after'), '10');
});

test('a heartbeat tells silence from loss', async (t) => {
  const { url } = await serve(t, { heartbeatMs: 5 });
  const stream = await openStream(url);
  await stream.next();
  const beat = await stream.next();
  assert.equal(beat.name, 'beat');
  assert.ok(Number(beat.data['nowMs']) > 0);
});

test('a reader that does not read is dropped', async (t) => {
  const { url, show, server } = await serve(t, { mostWaitingBytes: 64 * 1024 });
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('close', () => {
      connections -= 1;
    });
  });
  const slow = await openStream(url);
  slow.response.pause();
  for (let i = 0; connections > 0 && i < 20_000; i += 1) {
    show(i % 2 === 0 ? STATES.broken : STATES.mesh);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(connections, 0);
});

test('all streams end when the agent stops, and no new one opens', async (t) => {
  const { url, stop, listeners } = await serve(t);
  const stream = await openStream(url);
  await stream.next();
  stop();
  await assert.rejects(stream.next(), /the stream ended/);
  assert.equal(listeners(), 0);
  assert.equal((await fetch(`${url}/api/v1/stream`)).status, 503);
});

test('hostile text can forge no event', async (t) => {
  const { url, show } = await serve(t);
  const stream = await openStream(url);
  await stream.next();
  show(hostileState);
  const event = await stream.next();
  assert.equal(event.name, 'page');
  assert.ok(!JSON.stringify(event.data['sections']).includes(JSON.stringify(HOSTILE).slice(1, -1)));
});
