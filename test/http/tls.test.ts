import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { holdAnswer } from '../../src/http/connections/house.ts';
import { LIMITS, type Limits } from '../../src/http/connections/limits.ts';
import { type HttpServer, listen } from '../../src/http/server.ts';
import { type TlsDoor, type TlsMaterial, tlsDoor } from '../../src/http/tls.ts';
import type { ClientAuthType } from '../../src/model/web-config.ts';
import { type Authority, authority, type Pair } from '../certificates.ts';
import { skipWithout } from '../tools.ts';
import { rawClient, requestText } from './raw-client.ts';
import { until } from './serving.ts';

const skip = skipWithout('openssl');
const large = Buffer.alloc(3_000_000, 'a');

interface Secured {
  readonly server: HttpServer;
  readonly door: TlsDoor;
  readonly by: Authority;
  readonly material: TlsMaterial;
  /** Answers the status, or how the connection failed. */
  get(path: string, client?: Pair, ca?: string): Promise<number | string>;
}

async function secured(
  t: TestContext,
  changes: { readonly clientAuth?: ClientAuthType; readonly limits?: Partial<Limits> } = {},
): Promise<Secured> {
  const by = authority(t);
  const { cert, key } = by.issue('server', 'IP:127.0.0.1', 'DNS:localhost');
  const material: TlsMaterial = {
    config: {
      clientAuth: changes.clientAuth ?? 'NoClientCert',
      ...{ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
    },
    cert: by.textOf(cert),
    key: by.textOf(key),
    ca: by.textOf(by.ca),
  };
  const door = tlsDoor(material);
  const server = await listen(
    (asked, response) => {
      if (asked.url === '/held') holdAnswer(asked, () => response.end('let go'));
      else response.end(asked.url === '/large' ? large : 'ok');
    },
    {
      ...{ host: '127.0.0.1', port: 0, onError: assert.fail, door },
      nowMs: () => performance.now(),
      limits: { ...LIMITS, ...changes.limits },
    },
  );
  t.after(() => server.stop(0));
  const get = (path: string, client?: Pair, ca = by.textOf(by.ca)) =>
    new Promise<number | string>((resolve) => {
      const certificate =
        client === undefined ? {} : { cert: by.textOf(client.cert), key: by.textOf(client.key) };
      const options = { host: '127.0.0.1', port: server.port, path, ca, agent: false };
      const asking = request({ ...options, ...certificate }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () =>
          resolve(path === '/large' ? bytes : (response.statusCode ?? 'none')),
        );
        response.on('error', (error) => resolve(error.message));
      });
      asking.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      asking.end();
    });
  return { server, door, by, material, get };
}

test('requests are answered over TLS, large answers whole', { skip }, async (t) => {
  const { get } = await secured(t);
  assert.equal(await get('/'), 200);
  assert.equal(await get('/large'), large.length);
});

test('plain HTTP on a port that speaks TLS is told so', { skip }, async (t) => {
  const { server } = await secured(t);
  const client = await rawClient(t, server.port);
  client.send(requestText('/'));
  assert.match(await client.closed(), /^HTTP\/1\.1 400 [\s\S]*this port speaks TLS; use https\n$/);
});

const CLIENTS: readonly (readonly [
  ClientAuthType,
  none: boolean,
  stranger: boolean,
  known: boolean,
])[] = [
  ['NoClientCert', true, true, true],
  ['RequestClientCert', true, true, true],
  ['RequireAnyClientCert', false, true, true],
  ['VerifyClientCertIfGiven', true, false, true],
  ['RequireAndVerifyClientCert', false, false, true],
];

for (const [clientAuth, none, stranger, known] of CLIENTS) {
  test(`${clientAuth} lets in whom it says`, { skip }, async (t) => {
    const { get, by } = await secured(t, { clientAuth });
    const foreign = authority(t, 'another authority').issue('stranger');
    assert.equal((await get('/')) === 200, none, 'without a certificate');
    assert.equal((await get('/', foreign)) === 200, stranger, 'with a certificate of another');
    assert.equal((await get('/', by.issue('client'))) === 200, known, 'with a certificate of ours');
  });
}

test('other certificates are shown to those who come after the change', { skip }, async (t) => {
  const { get, door, by, material } = await secured(t);
  const later = authority(t, 'the next authority');
  const { cert, key } = later.issue('server', 'IP:127.0.0.1');
  door.renew({ ...material, cert: later.textOf(cert), key: later.textOf(key) });
  assert.equal(await get('/', undefined, later.textOf(later.ca)), 200);
  assert.notEqual(await get('/', undefined, by.textOf(by.ca)), 200);
});

test('a handshake that is not finished ends in the time of headers', { skip }, async (t) => {
  const { server, get } = await secured(t, { limits: { headersMs: 100, checkEveryMs: 20 } });
  const silent = await rawClient(t, server.port);
  const half = await rawClient(t, server.port);
  // The first bytes of a record that promises more.
  half.socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0]));
  await Promise.all([silent.closed(), half.closed()]);
  assert.equal(await get('/'), 200);
});

test('a finished handshake without a request ends in the time of headers, too', {
  skip,
}, async (t) => {
  const { server } = await secured(t, { limits: { headersMs: 200, checkEveryMs: 20 } });
  const client = await tlsClient(t, server.port);
  client.resume();
  await once(client, 'close');
});

test('handshakes that are not finished make room for who comes', { skip }, async (t) => {
  const limits = { mostConnections: 8, mostWithNew: 16, fairMs: 0 };
  const { server, get } = await secured(t, { limits });
  for (let count = 0; count < 40; count += 1) {
    const client = await rawClient(t, server.port);
    if (count % 2 === 0) client.socket.write(Buffer.from([22, 3, 1, 2, 0]));
  }
  for (let count = 0; count < 5; count += 1) assert.equal(await get('/'), 200);
  await until(() => server.connections().open <= 8);
});

test('an answer is held over TLS, and who is held outlives a crowd', { skip }, async (t) => {
  const limits = { mostConnections: 8, mostWithNew: 16, fairMs: 0, mostHeld: 1 };
  const { server } = await secured(t, { limits });
  const held = await tlsClient(t, server.port);
  let text = '';
  held.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  held.write(requestText('/held'));
  const sure = await tlsClient(t, server.port);
  sure.write(requestText('/'));
  await once(sure, 'data');
  for (let count = 0; count < 40; count += 1) await rawClient(t, server.port);
  assert.equal(held.destroyed, false);
  const next = await tlsClient(t, server.port);
  next.write(requestText('/held'));
  await until(() => text.includes('let go'));
});

test('a client that stops in the middle of everything leaves nothing behind', {
  skip,
}, async (t) => {
  const { server } = await secured(t);
  for (let count = 0; count < 30; count += 1) {
    const plain = connectPlain(server.port, '127.0.0.1');
    plain.on('error', () => {});
    const client = connect({ socket: plain, rejectUnauthorized: false });
    client.on('error', () => {});
    const ends = [
      () => plain.resetAndDestroy(),
      () => client.destroy(),
      () => client.end(),
      () => client.end(requestText('/large')),
    ];
    await once(plain, 'connect');
    if (count % 3 > 0) await once(client, 'secureConnect');
    ends[count % ends.length]?.();
    client.resume();
  }
  await until(() => server.connections().open === 0);
});

async function tlsClient(t: TestContext, port: number): Promise<TLSSocket> {
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  t.after(() => client.destroy());
  client.on('error', () => {});
  await once(client, 'secureConnect');
  return client;
}
