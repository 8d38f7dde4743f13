import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { askPeers, PEER_LIMITS } from '../../src/evidence/peers.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import { leaderReport } from '../http/sample-report.ts';
import { allClosed, drip, flood, type HostileServer, hostileServer } from './hostile-server.ts';

const REPORT = JSON.stringify(leaderReport());
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const withBody = (body: string): string =>
  `${OK}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

async function serve(t: TestContext, behave: (socket: Socket) => void): Promise<HostileServer> {
  const server = await hostileServer(behave);
  t.after(() => server.close());
  return server;
}

async function ask(port: number, timeoutMs = 2000): Promise<PeerAnswer> {
  const target = { name: 'zk-1.zk', address: '127.0.0.1', port };
  const answers = await askPeers([target], { ...PEER_LIMITS, timeoutMs });
  const answer = answers.get('zk-1.zk');
  assert.ok(answer);
  return answer;
}

test("a peer's report comes back with the time it took", async (t) => {
  const asked: string[] = [];
  const server = await serve(t, (socket) => {
    socket.on('data', (data) => {
      asked.push(data.toString().split('\r\n')[0] ?? '');
      socket.write(withBody(REPORT));
    });
  });
  const answer = await ask(server.port);
  assert.ok(answer.kind === 'answered');
  assert.equal(answer.report.role, 'leader');
  assert.deepEqual(answer.report.quorum, { size: 5, votes: 5 });
  assert.ok(answer.rttMs > 0 && answer.rttMs < 2000);
  assert.deepEqual(asked, ['GET /api/v1/report HTTP/1.1']);
  await allClosed(server);
});

const hostile: readonly {
  readonly title: string;
  readonly behave: (socket: Socket) => void;
  readonly kind: PeerAnswer['kind'];
  readonly timeoutMs?: number;
}[] = [
  {
    title: 'a peer that accepts and says nothing',
    behave: () => undefined,
    kind: 'timeout',
    timeoutMs: 100,
  },
  {
    title: 'a slow drip, which proves that packets arrive',
    behave: (socket) => drip(socket, withBody(REPORT), 5),
    kind: 'invalid',
    timeoutMs: 500,
  },
  {
    title: 'endless informational answers',
    behave: (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)),
    kind: 'invalid',
  },
  {
    title: 'a gigabyte that announces itself',
    behave: (socket) => {
      socket.write(`${OK}Content-Length: 1073741824\r\n\r\n`);
      flood(socket, Buffer.alloc(65_536, 0x20));
    },
    kind: 'invalid',
  },
  {
    title: 'an endless answer in chunks',
    behave: (socket) => {
      socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
      flood(socket, '1\r\n[\r\n'.repeat(1000));
    },
    kind: 'invalid',
  },
  {
    title: 'endless headers',
    behave: (socket) => {
      socket.write(OK);
      flood(socket, `X-A: ${'a'.repeat(1000)}\r\n`);
    },
    kind: 'invalid',
  },
  {
    title: 'an answer that is not JSON',
    behave: (socket) => socket.write(withBody('<html>')),
    kind: 'invalid',
  },
  {
    title: 'JSON that is no report',
    behave: (socket) => socket.write(withBody('{"ready":true}')),
    kind: 'invalid',
  },
  {
    title: 'a report whose version is no number',
    behave: (socket) =>
      socket.write(withBody(REPORT.replace('"schemaVersion":1', '"schemaVersion":"1"'))),
    kind: 'invalid',
  },
  {
    title: 'a report of which nothing is understood',
    behave: (socket) => socket.write(withBody('{"schemaVersion":2,"standing":{}}')),
    kind: 'not-understood',
  },
  {
    title: 'brackets nested without end',
    behave: (socket) => socket.write(withBody('['.repeat(200_000))),
    kind: 'invalid',
  },
  {
    title: 'another protocol',
    behave: (socket) => socket.write('+PONG\r\n'.repeat(10)),
    kind: 'invalid',
  },
  {
    title: 'a redirect',
    behave: (socket) =>
      socket.write(
        'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
      ),
    kind: 'http-error',
  },
  {
    title: 'a switch of protocols',
    behave: (socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    kind: 'reset',
  },
  {
    title: 'the error of a proxy in between',
    behave: (socket) =>
      socket.write('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
    kind: 'http-error',
  },
  { title: 'a reset', behave: (socket) => socket.resetAndDestroy(), kind: 'reset' },
  {
    title: 'a report cut short',
    behave: (socket) => socket.end(withBody(REPORT).slice(0, 600)),
    kind: 'reset',
  },
];

for (const { title, behave, kind, timeoutMs } of hostile) {
  test(`${title} is ${kind}, and the connection is dropped`, async (t) => {
    const server = await serve(t, behave);
    const answer = await ask(server.port, timeoutMs);
    assert.equal(answer.kind, kind, JSON.stringify(answer));
    await allClosed(server);
    assert.ok(server.sentBytes() < 16_000_000, `took ${server.sentBytes()} bytes`);
  });
}

for (const [title, entry] of [
  ['objects', '{}'],
  ['lists', '[]'],
  ['numbers', '1'],
] as const) {
  test(`a quarter of a megabyte of empty ${title} is refused before it can hold this process`, async (t) => {
    const links = Array.from({ length: 80_000 }, () => entry).join(',');
    const report = REPORT.replace(/"links":\[.*?\]/, `"links":[${links}]`);
    assert.ok(report.length < PEER_LIMITS.maxBytes && report.length > 150_000);
    const server = await serve(t, (socket) => socket.write(withBody(report)));
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    assert.equal((await ask(server.port)).kind, 'invalid');
    lag.disable();
    assert.ok(lag.max / 1e6 < 250, `held for ${lag.max / 1e6} ms`);
  });
}

for (const [title, field] of [
  ['a name of sixty thousand letters', { name: 'a'.repeat(60_000) }],
  ['a name that would steer a terminal', { name: '\u001b[2J' }],
] as const) {
  test(`${title} is no member's`, async (t) => {
    const report = leaderReport({
      peers: [{ addresses: [], status: 'linked', reach: 'unknown', vitals: null, ...field }],
    });
    const server = await serve(t, (socket) => socket.write(withBody(JSON.stringify(report))));
    const answer = await ask(server.port);
    assert.ok(answer.kind === 'answered');
    assert.deepEqual(answer.report.peers, { entries: [], isWhole: false });
  });
}

test('a closed port is a refusal, never a time-out', async () => {
  const server = await hostileServer(() => undefined);
  await server.close();
  assert.equal((await ask(server.port)).kind, 'refused');
});

test('a name in place of an address that nobody has is no time-out of a peer', async () => {
  const target = { name: 'zk-1.zk', address: 'no-such-host.invalid', port: 4888 };
  const answers = await askPeers([target], { ...PEER_LIMITS, timeoutMs: 5000 });
  assert.equal(answers.get('zk-1.zk')?.kind, 'not-asked');
});

test('a time-out noticed late, because this process stood still, is no evidence', async (t) => {
  const server = await serve(t, () => undefined);
  const answering = ask(server.port, 100);
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 300;
  while (performance.now() < until);
  assert.equal((await answering).kind, 'not-asked');
});

test('peers are asked side by side, but no more at a time than allowed', async (t) => {
  let waiting = 0;
  let most = 0;
  const server = await serve(t, (socket) => {
    waiting += 1;
    most = Math.max(most, waiting);
    setTimeout(() => {
      waiting -= 1;
      socket.write(withBody(REPORT));
    }, 20);
  });
  const targets = Array.from({ length: 9 }, (_, index) => ({
    name: `zk-${index}`,
    address: '127.0.0.1',
    port: server.port,
  }));
  const answers = await askPeers(targets, { ...PEER_LIMITS, timeoutMs: 5000, atOnce: 3 });
  assert.equal(answers.size, 9);
  assert.ok([...answers.values()].every(({ kind }) => kind === 'answered'));
  assert.equal(most, 3);
});
