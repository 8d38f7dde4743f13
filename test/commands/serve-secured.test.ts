import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hashSync } from 'bcryptjs';
import type { Report } from '../../src/model/report.ts';
import { podFolder } from '../agent/pod.ts';
import { followLog } from '../agent-log.ts';
import { buildProgram } from '../built-program.ts';
import { type Authority, authority, type Pair } from '../certificates.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';
import { skipWithout, toolPath } from '../tools.ts';

const built = buildProgram();
const skip = skipWithout('openssl') || skipWithout('curl');
const LEARNER = [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)];
const PASSWORD = 'correct horse';
const USERS = `basic_auth_users:\n  alice: ${hashSync(PASSWORD, 8)}\n`;
const OTHER_HOSTS = ['127.0.0.2', '127.0.0.3'];

interface Agent {
  readonly port: number;
  readonly healthPort: number;
  /** What curl prints for a path: the body, and the status or 000 in a line of its own. */
  curl(path: string, ...words: readonly string[]): Promise<{ status: number; body: string }>;
}

interface Site {
  readonly by: Authority;
  readonly server: Pair;
  file(name: string, text: string): string;
}

/** An authority, and a certificate for every loopback address that is used here. */
function site(t: TestContext): Site {
  const by = authority(t);
  const hosts = ['127.0.0.1', ...OTHER_HOSTS].map((host) => `IP:${host}`);
  return {
    by,
    server: by.issue('server', ...hosts, 'DNS:localhost'),
    file(name, text) {
      const path = join(by.folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}

const tlsOf = ({ cert, key }: Pair, more = '') =>
  `tls_server_config:\n  cert_file: ${cert}\n  key_file: ${key}\n${more}`;

async function starts(
  t: TestContext,
  words: readonly string[],
  host = '127.0.0.1',
  port = 0,
  members: readonly string[] = [POD, ...PEERS],
): Promise<Agent> {
  const { root } = podFolder(t, LEARNER);
  const child = built.starts([
    ...['serve', '--proc', root, '--members', members.join(), '--settle', '0s'],
    ...['--pod-ip', members[0] === POD ? POD : host, '--listen', `${host}:${port}`],
    ...['--listen-health', `${host}:0`, ...words],
  ]);
  t.after(() => child.kill('SIGKILL'));
  const ports = await followLog(child).watching();
  return {
    ...ports,
    async curl(path, ...more) {
      const url = path.startsWith('http') ? path : `https://${host}:${ports.port}${path}`;
      const run = promisify(execFile)(toolPath('curl'), [
        ...['-s', '-m', '10', '-w', '\n%{http_code}', url, ...more],
      ]);
      const stdout = await run.then(
        (done) => done.stdout,
        (error: { stdout?: string }) => error.stdout ?? '',
      );
      const at = stdout.lastIndexOf('\n');
      return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
    },
  };
}

test('curl gets in with the authority and a password, and health without', { skip }, async (t) => {
  const { by, server, file } = site(t);
  const config = file('web.yaml', tlsOf(server) + USERS);
  const { curl, healthPort } = await starts(t, ['--web-config', config]);
  const trusts = ['--cacert', by.ca];
  assert.equal((await curl('/metrics')).status, 0, 'the authority is not known');
  assert.equal((await curl('/metrics', ...trusts)).status, 401);
  assert.equal((await curl('/metrics', ...trusts, '-u', 'alice:wrong')).status, 401);
  const scraped = await curl('/metrics', ...trusts, '-u', `alice:${PASSWORD}`);
  assert.equal(scraped.status, 200);
  assert.match(scraped.body, /^quorum_probe_ready /m);
  // As the kubelet asks with scheme HTTPS: it verifies nothing, and gives no password.
  for (const path of ['/livez', '/healthz', '/stop-allowed?wait=1s']) {
    assert.equal((await curl(path, '-k')).status, 200, path);
  }
  const plain = await curl(`http://127.0.0.1:${healthPort}/livez`);
  assert.equal(plain.status, 200);
  assert.equal((await curl('/metrics', ...trusts, '--tls-max', '1.1')).status, 0);
});

test('a client must have a certificate where the file says so', { skip }, async (t) => {
  const { by, server, file } = site(t);
  const more = `  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ${by.ca}\n`;
  const config = file('web.yaml', tlsOf(server, more));
  const { curl, healthPort } = await starts(t, ['--web-config', config]);
  const { cert, key } = by.issue('client');
  assert.equal((await curl('/metrics', '--cacert', by.ca)).status, 0);
  const known = ['--cacert', by.ca, '--cert', cert, '--key', key];
  assert.equal((await curl('/metrics', ...known)).status, 200);
  assert.equal((await curl(`http://127.0.0.1:${healthPort}/livez`)).status, 200);
});

test('certificates and passwords are read again, and what was good stays where they break', {
  skip,
}, async (t) => {
  const { by, server, file } = site(t);
  const config = file('web.yaml', tlsOf(server) + USERS);
  const { curl } = await starts(t, ['--web-config', config]);
  const trusts = ['--cacert', by.ca];
  const enter = [...trusts, '-u', `alice:${PASSWORD}`];
  assert.equal((await curl('/metrics', ...enter)).status, 200);

  writeFileSync(`${server.key}.new`, 'not a key');
  renameSync(`${server.key}.new`, server.key);
  const failed = /web-config-unreadable"\} [1-9]/;
  while (!failed.test((await curl('/metrics', ...enter)).body)) await delay(100);

  const later = authority(t, 'the next authority');
  const next = later.issue('server', 'IP:127.0.0.1');
  const users = `basic_auth_users:\n  alice: ${hashSync('another', 4)}\n`;
  copyFileSync(next.cert, server.cert);
  copyFileSync(next.key, server.key);
  writeFileSync(config, tlsOf(server) + users);
  const renewed = ['--cacert', later.ca, '-u', 'alice:another'];
  while ((await curl('/metrics', ...renewed)).status !== 200) await delay(100);
  const before = ['--cacert', later.ca, '-u', `alice:${PASSWORD}`];
  assert.equal((await curl('/metrics', ...before)).status, 401);
});

test('members ask each other over TLS with a password, and mistrust a stranger', {
  skip,
}, async (t) => {
  const { by, server, file } = site(t);
  const config = file('web.yaml', tlsOf(server) + USERS);
  const secret = file('password', `${PASSWORD}\n`);
  const auth = `basic_auth:\n  username: alice\n  password_file: ${secret}\n`;
  const client = file('client.yaml', `tls_config:\n  ca_file: ${by.ca}\n${auth}`);
  const members = ['127.0.0.1', ...OTHER_HOSTS];
  const words = ['--web-config', config, '--peer-client-config', client, '--ask', 'peers'];
  const first = await starts(t, words, '127.0.0.1', 0, members);
  const stranger = authority(t, 'a stranger').issue('server', 'IP:127.0.0.3');
  const strange = file('strange.yaml', tlsOf(stranger) + USERS);
  await starts(t, words, '127.0.0.2', first.port, members);
  const strangers = ['--web-config', strange, '--peer-client-config', client, '--ask', 'peers'];
  await starts(t, strangers, '127.0.0.3', first.port, members);
  const states = async () => {
    const { body } = await first.curl('/api/v1/report', '-k', '-u', `alice:${PASSWORD}`);
    const report: Report = JSON.parse(body);
    return report.asked.peers?.map(({ state }) => state).join();
  };
  while ((await states()) !== 'answered,invalid') await delay(100);
});

test('a real Prometheus scrapes over TLS with a password', {
  skip: skip || skipWithout('prometheus'),
}, async (t) => {
  const { by, server, file } = site(t);
  const config = file('web.yaml', tlsOf(server) + USERS);
  const { port } = await starts(t, ['--web-config', config]);
  const scrape = {
    job_name: 'probe',
    scrape_interval: '1s',
    scheme: 'https',
    tls_config: { ca_file: by.ca },
    basic_auth: { username: 'alice', password_file: file('password', PASSWORD) },
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  };
  const settings = file('prometheus.yaml', JSON.stringify({ scrape_configs: [scrape] }));
  const own = await freePort();
  const prometheus = spawn(
    toolPath('prometheus'),
    [
      ...[`--config.file=${settings}`, `--storage.tsdb.path=${join(by.folder, 'data')}`],
      ...[`--web.listen-address=127.0.0.1:${own}`, '--log.level=error'],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(prometheus, 'exit');
  t.after(async () => {
    prometheus.kill('SIGKILL');
    await ended;
  });
  const deadlineMs = performance.now() + 60_000;
  let last = '';
  while (!/"health":"up"/.test(last)) {
    assert.ok(performance.now() < deadlineMs, last);
    await delay(200);
    last = await fetch(`http://127.0.0.1:${own}/api/v1/targets`).then(
      (response) => response.text(),
      String,
    );
  }
});

test('a crowd that guesses passwords keeps neither the kubelet nor who is known out', {
  skip,
}, async (t) => {
  const { by, server, file } = site(t);
  const config = file('web.yaml', tlsOf(server) + USERS);
  const { curl, healthPort } = await starts(t, ['--web-config', config]);
  const known = ['--cacert', by.ca, '-u', `alice:${PASSWORD}`];
  assert.equal((await curl('/metrics', ...known)).status, 200);
  let isOver = false;
  let guesses = 0;
  const guess = async (from: number): Promise<void> => {
    while (!isOver) {
      guesses += 1;
      await curl('/metrics', '-k', '-u', `alice:${from} ${guesses}`);
    }
  };
  const crowd = Array.from({ length: 8 }, (_, from) => guess(from));
  try {
    for (let count = 0; count < 10; count += 1) {
      assert.equal((await curl('/livez', '-k')).status, 200);
      assert.equal((await curl(`http://127.0.0.1:${healthPort}/livez`)).status, 200);
      assert.equal((await curl('/metrics', ...known)).status, 200);
    }
  } finally {
    isOver = true;
    await Promise.all(crowd);
  }
  assert.ok(guesses >= crowd.length);
});

const REFUSED: readonly (readonly [string, (site: Site) => readonly string[], RegExp])[] = [
  [
    'an unknown key',
    ({ file }) => ['--web-config', file('web.yaml', 'tls: {}')],
    /web\.yaml: unknown key "tls"/,
  ],
  [
    'a certificate that is not there',
    ({ file, server }) => [
      '--web-config',
      file('web.yaml', tlsOf({ ...server, cert: 'none.crt' })),
    ],
    /none\.crt/,
  ],
  [
    'a key of another certificate',
    ({ file, server, by }) => [
      ...['--web-config', file('web.yaml', tlsOf({ ...server, key: by.issue('other').key }))],
    ],
    /cannot be used: .*; give PEM files that belong together/,
  ],
  [
    'certificates for clients and no way in for the kubelet',
    ({ file, server, by }) => {
      const more = `  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ${by.ca}\n`;
      return ['--web-config', file('web.yaml', tlsOf(server, more))];
    },
    /would lock out the kubelet, which has no certificate; add --listen-health=4889/,
  ],
  [
    'TLS and no way to ask peers',
    ({ file, server }) => [...['--web-config', file('web.yaml', tlsOf(server)), '--ask', 'peers']],
    /--ask peers requires --peer-client-config; add it/,
  ],
  [
    'a client configuration that is not understood',
    ({ file }) => [...['--peer-client-config', file('client.yaml', 'tls: {}'), '--ask', 'peers']],
    /client\.yaml: unknown key "tls"/,
  ],
];

for (const [what, words, message] of REFUSED) {
  test(`${what} is refused in one line, with exit code 2`, { skip }, (t) => {
    const { root } = podFolder(t, LEARNER);
    const argv = ['serve', '--proc', root, '--members', POD, '--listen', '127.0.0.1:0'];
    const { status, stderr } = built.runs([...argv, ...words(site(t))]);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.equal(status, 2);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
