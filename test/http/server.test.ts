import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { LIMITS } from '../../src/http/connections/limits.ts';
import { listen } from '../../src/http/server.ts';
import { fakeView } from './sample-report.ts';
import { serve, until } from './serving.ts';

const PATIENT = {
  ...LIMITS,
  headersMs: 60_000,
  checkEveryMs: 30,
  idleMs: 60_000,
  stuckMs: 60_000,
};

async function open(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  // A reset is one of the ways in which a server may end these.
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

test('clients that say nothing, or never end their headers, are disconnected', async (t) => {
  const { server } = await serve(t, fakeView(), {
    limits: { ...PATIENT, headersMs: 150 },
  });
  const silent = await open(t, server.port);
  const slow = await open(t, server.port);
  slow.write('GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const dripping = setInterval(() => slow.write('a'), 20);
  t.after(() => clearInterval(dripping));
  await Promise.all([once(silent, 'close'), once(slow, 'close')]);
});

test('a client that sends a body without end is answered and disconnected', async (t) => {
  const { server } = await serve(t, fakeView());
  const socket = await open(t, server.port);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const dripping = setInterval(() => socket.write('1\r\na\r\n'), 5);
  t.after(() => clearInterval(dripping));
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 405 /);
  await once(socket, 'close');
});

test('a client that stops reading is disconnected', async (t) => {
  // More than the buffers of both ends hold.
  const large = Buffer.alloc(32 << 20);
  const server = await listen((_request, response) => response.end(large), {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => performance.now(),
    onError: assert.fail,
    limits: { ...PATIENT, stuckMs: 200 },
  });
  t.after(() => server.stop(0));
  const socket = await open(t, server.port);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => server.connections().accepted === 1);
  await until(() => server.connections().open === 0);
});

test('connections are counted as the kernel hands them over, with the time of the last change', async (t) => {
  let now = 5;
  const server = await listen((_request, response) => response.end('ok'), {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => now,
    onError: assert.fail,
  });
  t.after(() => server.stop(0));
  assert.deepEqual(server.connections(), { accepted: 0, open: 0, lastActivityAtMs: null });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  await exchange(server.port, agent);
  await exchange(server.port, agent);
  assert.deepEqual(server.connections(), { accepted: 1, open: 1, lastActivityAtMs: 5 });
  now = 9;
  agent.destroy();
  await until(() => server.connections().open === 0);
  assert.deepEqual(server.connections(), { accepted: 1, open: 0, lastActivityAtMs: 9 });
});

test('stopping ends idle connections at once and lets an answer under way finish', async (t) => {
  let finish = () => {};
  const server = await listen(
    (incoming, response) => {
      if (incoming.url === '/slow') {
        finish = () => response.end('done');
        response.writeHead(200);
        response.write('begun, ');
      } else {
        response.end('ok');
      }
    },
    { host: '127.0.0.1', port: 0, nowMs: () => performance.now(), onError: assert.fail },
  );
  const idle = await open(t, server.port);
  idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle, 'data');
  const slow = request({ host: '127.0.0.1', port: server.port, path: '/slow', agent: false });
  slow.end();
  const [response] = await once(slow, 'response');
  const idleClosed = once(idle, 'close');
  const stopped = server.stop(60_000);
  await idleClosed;
  await assert.rejects(exchange(server.port), { code: 'ECONNREFUSED' });
  finish();
  let body = '';
  for await (const chunk of response) {
    body += String(chunk);
  }
  assert.equal(body, 'begun, done');
  await stopped;
});

test('an answer that does not finish within the grace is cut, and so is a silent client', async (t) => {
  const server = await listen((_request, response) => response.write('for ever'), {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => performance.now(),
    onError: assert.fail,
  });
  const endless = await open(t, server.port);
  endless.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(endless, 'data');
  const silent = await open(t, server.port);
  await Promise.all([server.stop(50), once(endless, 'close'), once(silent, 'close')]);
});

test('a port in use is one clear line that says what to do', async (t) => {
  const { server } = await serve(t, fakeView());
  const again = listen(() => {}, {
    host: '127.0.0.1',
    port: server.port,
    nowMs: () => performance.now(),
    onError: assert.fail,
  });
  await assert.rejects(again, {
    message: `cannot listen on 127.0.0.1:${server.port}: the port is in use; end the other listener or choose another port with --listen`,
  });
});

test('an address that is not of this machine is named in the error', async () => {
  const listening = listen(() => {}, {
    host: '2001:db8::1',
    port: 4888,
    nowMs: () => performance.now(),
    onError: assert.fail,
  });
  await assert.rejects(listening, /^Error: cannot listen on \[2001:db8::1\]:4888: /);
});

test('without a host both address families are served', async (t) => {
  const server = await listen((_request, response) => response.end('ok'), {
    host: null,
    port: 0,
    nowMs: () => performance.now(),
    onError: assert.fail,
  });
  t.after(() => server.stop(0));
  assert.equal(await exchange(server.port), 'ok');
});

async function exchange(port: number, agent: Agent | false = false): Promise<string> {
  const asking = request({ host: '127.0.0.1', port, agent });
  asking.end();
  const [response] = await once(asking, 'response');
  let body = '';
  for await (const chunk of response) {
    body += String(chunk);
  }
  return body;
}
