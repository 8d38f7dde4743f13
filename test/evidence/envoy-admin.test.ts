import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { askConnectFailures, askEnvoy } from '../../src/evidence/envoy-admin.ts';
import type { EnvoyAnswer } from '../../src/model/evidence.ts';
import { envoyText } from './envoy-fixture.ts';
import { allClosed, drip, flood, type HostileServer, hostileServer } from './hostile-server.ts';

const ANSWERS: readonly (readonly [string, string])[] = [
  ['/server_info', envoyText('server_info')],
  ['/config_dump?resource=dynamic_active_clusters', envoyText('clusters-loopback')],
  ['/config_dump?resource=dynamic_listeners', envoyText('listeners')],
  ['/clusters?format=json', envoyText('cluster-statuses')],
];

interface Admin {
  readonly server: HostileServer;
  readonly requests: string[];
}

/** An admin that answers as recorded, but for paths that contain `spoilt`. */
async function admin(
  t: TestContext,
  spoilt: string | null,
  spoil: (socket: Socket) => void = () => undefined,
  host?: string,
): Promise<Admin> {
  const requests: string[] = [];
  const answer = (socket: Socket): void => {
    socket.on('data', (data) => {
      const request = data.toString().split('\r\n')[0] ?? '';
      requests.push(request);
      if (spoilt !== null && request.includes(spoilt)) return spoil(socket);
      const body = ANSWERS.find(([path]) => request.includes(path))?.[1] ?? '{}';
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  };
  const server = await hostileServer(answer, 0, host);
  t.after(() => server.close());
  return { server, requests };
}

const ask = (port: number, timeoutMs = 3000): Promise<EnvoyAnswer> =>
  askEnvoy({ watchedPorts: [2181, 2888, 3888], timeoutMs, maxBytes: 524_288, port });

test('an admin that answers tells delivery, mTLS, failures, versions and the causes', async (t) => {
  const { server, requests } = await admin(t, null);
  const answer = await ask(server.port);
  assert.ok(answer.kind === 'answered');
  assert.equal(answer.version, '1.28.1');
  assert.equal(answer.istioVersion, '1.20.3');
  assert.deepEqual(answer.ports.get(3888), {
    delivery: { kind: 'loopback', address: '127.0.0.1', port: 3888 },
    mtls: 'permissive',
    causes: [
      'inbound-passthrough-disabled',
      'inbound-traffic-policy-localhost',
      'sidecar-default-endpoint',
    ],
    sidecar: null,
  });
  assert.equal(answer.ports.get(2888)?.mtls, 'strict');
  assert.equal(answer.connectFailures?.length, 2);
  assert.deepEqual(answer.missing, []);
  assert.equal(requests.length, 4);
  assert.ok(requests.every((request) => request.startsWith('GET /')));
});

const spoilers: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['hangs', () => undefined],
  ['drips', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n\r\n ', 5)],
  [
    'never ends',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      flood(socket, '{"configs":['.repeat(1000));
    },
  ],
  [
    'redirects',
    (socket) => socket.write('HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n'),
  ],
  ['is no JSON', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n<html>')],
  ['resets', (socket) => socket.resetAndDestroy()],
  [
    'holds a hundred thousand values',
    (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n{"configs":[${'{},'.repeat(100_000)}{}]}`),
  ],
];

for (const [title, spoil] of spoilers) {
  test(`a clusters answer that ${title} leaves the delivery unknown, never healthy`, async (t) => {
    const { server } = await admin(t, 'dynamic_active_clusters', spoil);
    const answer = await ask(server.port, 1_000);
    assert.ok(answer.kind === 'answered');
    const port = answer.ports.get(3888);
    assert.deepEqual(port?.delivery, { kind: 'unknown' });
    assert.deepEqual(port.causes, []);
    assert.equal(port.mtls, 'permissive');
    assert.equal(answer.connectFailures?.length, 2);
    assert.match(answer.missing[0] ?? '', /^\/config_dump\?resource=dynamic_active_clusters: /);
    await allClosed(server);
  });

  test(`an admin whose first answer ${title} has failed within its time`, async (t) => {
    const { server } = await admin(t, '/', spoil);
    const started = performance.now();
    const answer = await ask(server.port, 200);
    assert.equal(answer.kind, 'failed');
    assert.ok(performance.now() - started < 1500);
    await allClosed(server);
  });
}

test('the questions are asked from the cheapest on, and one that hangs leaves time for those after it', async (t) => {
  for (const [spoilt, known] of [
    ['dynamic_listeners', { delivery: 'loopback', mtls: 'unknown', failures: 2 }],
    ['dynamic_active_clusters', { delivery: 'unknown', mtls: 'strict', failures: 2 }],
    ['/clusters', { delivery: 'loopback', mtls: 'strict', failures: undefined }],
  ] as const) {
    const { server, requests } = await admin(t, spoilt);
    const answer = await ask(server.port, 400);
    assert.ok(answer.kind === 'answered');
    const port = answer.ports.get(2888);
    assert.deepEqual(
      {
        delivery: port?.delivery.kind,
        mtls: port?.mtls,
        failures: answer.connectFailures?.length,
      },
      known,
    );
    assert.equal(answer.missing.length, 1);
    assert.deepEqual(
      requests.map((request) => /\/\w+(?:\?resource=\w+)?/.exec(request)?.[0]),
      [
        '/server_info',
        '/config_dump?resource=dynamic_listeners',
        '/config_dump?resource=dynamic_active_clusters',
        '/clusters',
      ],
    );
  }
});

test('a part whose answer is too long says so, and is left out where it is told to', async (t) => {
  const { server, requests } = await admin(t, '/clusters', (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n'),
  );
  const answer = await ask(server.port);
  assert.ok(answer.kind === 'answered');
  assert.deepEqual(answer.tooLong, ['peers']);
  const question = { watchedPorts: [3888], timeoutMs: 1000, maxBytes: 524_288, port: server.port };
  const next = await askEnvoy({ ...question, leaveOut: ['peers'] });
  assert.ok(next.kind === 'answered');
  assert.match(next.missing.join(), /^\/clusters\?format=json: not asked for now/);
  assert.equal(requests.filter((request) => request.includes('/clusters')).length, 1);
  assert.deepEqual(await askConnectFailures(question), { kind: 'too-long' });
});

test('too many values are too long an answer, and what is cut short is not', async (t) => {
  for (const [body, tooLong] of [
    [`{"configs":[${'{},'.repeat(100_000)}{}]}`, ['clusters']],
    ['{"configs":[{"cluster":{"name":"inbound|3888||","ty', []],
  ] as const) {
    const { server } = await admin(t, 'dynamic_active_clusters', (socket) =>
      socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`),
    );
    const answer = await ask(server.port);
    assert.ok(answer.kind === 'answered');
    assert.deepEqual(answer.tooLong, tooLong);
    assert.deepEqual(answer.ports.get(3888)?.delivery, { kind: 'unknown' });
  }
});

test('failed connects are asked for alone, with the filter, on the ports between members', async (t) => {
  const { server, requests } = await admin(t, null);
  const shown = await askConnectFailures({
    watchedPorts: [2181, 2888, 3888],
    peerPorts: [3888],
    timeoutMs: 1000,
    maxBytes: 524_288,
    port: server.port,
  });
  assert.ok(shown.kind === 'shown');
  assert.deepEqual(
    shown.failures.map(({ port }) => port),
    [3888, 3888],
  );
  const [request = ''] = requests;
  assert.equal(requests.length, 1);
  const filter = new RegExp(decodeURIComponent(/filter=(\S+)/.exec(request)?.[1] ?? ''));
  for (const [name, matches] of [
    ['outbound|3888||zk-headless.lab.svc.cluster.local', true],
    ['PassthroughCluster', true],
    ['outbound|13888||other', false],
    ['outbound|2181||zk.lab.svc.cluster.local', false],
    ['InboundPassthroughCluster', false],
    ['inbound|3888||', false],
  ] as const) {
    assert.equal(filter.test(name), matches, name);
  }
});

test('an admin on ::1 alone is found, as in a pod of IPv6', async (t) => {
  const { server } = await admin(t, null, undefined, '::1');
  assert.equal((await ask(server.port)).kind, 'answered');
});

test('something else that answers JSON on that port is no Envoy', async (t) => {
  const { server } = await admin(t, '/server_info', (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"version":"x1"}'),
  );
  assert.equal((await ask(server.port)).kind, 'failed');
});

test('without clusters and without the inbound listener nothing is known of the delivery', async (t) => {
  const { server } = await admin(t, '/config_dump', (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"configs":[]}'),
  );
  const answer = await ask(server.port);
  assert.ok(answer.kind === 'answered');
  assert.deepEqual(answer.ports.get(3888), {
    delivery: { kind: 'unknown' },
    mtls: 'unknown',
    causes: [],
    sidecar: null,
  });
});

test('no admin at all is a failure', async () => {
  const server = await hostileServer(() => undefined);
  await server.close();
  assert.equal((await ask(server.port)).kind, 'failed');
});
