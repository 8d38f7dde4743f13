import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { type Listeners, openListeners } from '../../src/commands/listeners.ts';
import { until } from '../http/serving.ts';

const FREE = { host: '127.0.0.1', port: 0 };
let now = 0;
const OPTIONS = { nowMs: () => now, onError: assert.fail, door: null };

type Listen = Parameters<typeof openListeners>[0];

async function open(listen: Listen): Promise<Listeners> {
  const listeners = await openListeners(listen, OPTIONS);
  listeners.serve({
    app: (_request, response) => void response.end('all'),
    healthApp: (_request, response) => void response.end('health'),
  });
  return listeners;
}

async function ask(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return response.text();
}

test('health is served on a listener of its own, and the connections of both count as own traffic', async (t) => {
  const listeners = await open({ listen: FREE, listenHealth: FREE });
  t.after(() => listeners.stop(0));
  assert.ok(listeners.healthPort !== null && listeners.healthPort !== listeners.port);
  assert.deepEqual(listeners.connections(), { accepted: 0, open: 0, lastActivityAtMs: null });
  now = 3;
  assert.equal(await ask(listeners.port), 'all');
  await until(() => listeners.connections().open === 0);
  now = 7;
  assert.equal(await ask(listeners.healthPort), 'health');
  await until(() => listeners.connections().open === 0);
  assert.deepEqual(listeners.connections(), { accepted: 2, open: 0, lastActivityAtMs: 7 });
  await listeners.stop(0);
  await assert.rejects(ask(listeners.port));
  await assert.rejects(ask(listeners.healthPort));
});

test('without a port for health there is one listener', async (t) => {
  const listeners = await open({ listen: FREE, listenHealth: null });
  t.after(() => listeners.stop(0));
  assert.equal(listeners.healthPort, null);
  assert.equal(await ask(listeners.port), 'all');
});

test('a port for health in use is told by its option, and the other listener is closed', async (t) => {
  const other = await open({ listen: FREE, listenHealth: null });
  t.after(() => other.stop(0));
  const spare = createServer().listen(0, '127.0.0.1');
  await until(() => spare.listening);
  const address = spare.address();
  assert.ok(address !== null && typeof address === 'object');
  await new Promise((resolve) => spare.close(resolve));
  const listen = { host: '127.0.0.1', port: address.port };
  const opening = open({ listen, listenHealth: { ...FREE, port: other.port } });
  await assert.rejects(opening, {
    message: `cannot listen on 127.0.0.1:${other.port}: the port is in use; end the other listener or choose another port with --listen-health`,
  });
  await assert.rejects(ask(address.port));
});

test('requests that come before it is known what answers them wait for it', async (t) => {
  const listeners = await openListeners({ listen: FREE, listenHealth: null }, OPTIONS);
  t.after(() => listeners.stop(0));
  const asked = [ask(listeners.port), ask(listeners.port)];
  await until(() => listeners.connections().accepted === 2);
  let served = 0;
  const app = (_request: unknown, response: { end(text: string): void }) => {
    served += 1;
    response.end(`all ${served}`);
  };
  listeners.serve({ app, healthApp: assert.fail });
  assert.deepEqual((await Promise.all(asked)).sort(), ['all 1', 'all 2']);
  assert.equal(await ask(listeners.port), 'all 3');
});
