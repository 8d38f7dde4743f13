import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { findPlace, findPort, somePorts } from './place.ts';

async function listenOn(port: number, address: string): Promise<Server> {
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  return server;
}

test('free ports are taken on the usual addresses', async () => {
  const ports = somePorts();
  assert.deepEqual(await findPlace(ports, 'refuse'), {
    addresses: ['127.0.0.11', '127.0.0.12', '127.0.0.13'],
    ports,
  });
});

test('a port taken on one of the usual addresses moves the members to others', async () => {
  const ports = somePorts();
  const holder = await listenOn(ports.quorum, '127.0.0.12');
  const place = await findPlace(ports, 'refuse');
  holder.close();
  assert.deepEqual(place.ports, ports);
  assert.equal(new Set(place.addresses).size, 3);
  assert.ok(!place.addresses.includes('127.0.0.12'));
});

test('a port taken on all addresses is replaced, or refused by name where it was asked for', async () => {
  const ports = somePorts();
  const holder = await listenOn(ports.client, '0.0.0.0');
  const place = await findPlace(ports, 'replace');
  const refusal = await findPlace(ports, 'refuse').catch(String);
  holder.close();
  assert.notEqual(place.ports.client, ports.client);
  assert.match(String(refusal), new RegExp(`ports ${ports.client}, .* are not free.*--ports`));
});

test('the wanted port is used while it is free, else another', async () => {
  const { client } = somePorts();
  assert.equal(await findPort(client), client);
  const holder = await listenOn(client, '127.0.0.1');
  const other = await findPort(client);
  holder.close();
  assert.notEqual(other, client);
});
