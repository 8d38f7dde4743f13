import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { cacheFolder, run } from '../deploy/tools.ts';
import { makeBases } from './bases.ts';
import { type Container, startContainer } from './container.ts';

const repository = join(import.meta.dirname, '../..');
const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');

function missing(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  for (const program of ['buildah', 'unshare', 'nsenter', 'setpriv', 'ip', 'ldd']) {
    const folders = (process.env['PATH'] ?? '').split(':');
    if (!folders.some((folder) => existsSync(join(folder, program)))) return `needs ${program}`;
  }
  return false;
}

const skip = missing();
if (skip && process.env['CI'] === 'true') throw new Error(`the image tests ${skip}`);

const storage = join(cacheFolder, `images-${process.pid}`);
const buildah = [
  'buildah',
  '--storage-driver',
  'vfs',
  '--root',
  join(storage, 'root'),
  '--runroot',
  join(storage, 'run'),
] as const;
process.env['BUILDAH_ISOLATION'] = 'chroot';

function bud(...args: string[]): string {
  const [program, ...options] = buildah;
  return run(program, [...options, ...args], { cwd: repository });
}

function argument(name: string): string {
  const found = new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(dockerfile)?.[1];
  assert.ok(found, name);
  return found;
}

function build(tag: string): string {
  const labels = ['--build-arg', 'VERSION=1.2.3', '--build-arg', 'REVISION=0123abc'];
  const reproducible = ['--no-cache', '--timestamp', '0'];
  return bud(
    'bud',
    '--quiet',
    '--pull-never',
    ...reproducible,
    ...labels,
    '--tag',
    tag,
    '.',
  ).trim();
}

const configSchema = z.looseObject({
  OCIv1: z.looseObject({
    config: z.looseObject({
      User: z.string(),
      ExposedPorts: z.record(z.string(), z.unknown()),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string(),
      Labels: z.record(z.string(), z.string()),
    }),
    rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
  }),
});

function inspect(image: string) {
  return configSchema.parse(JSON.parse(bud('inspect', '--type', 'image', image))).OCIv1;
}

let root = '';
let container: Container | null = null;

function running(): Container {
  assert.ok(container);
  return container;
}

const answerSchema = z.strictObject({ status: z.int(), body: z.string() });

function get(path: string): z.infer<typeof answerSchema> {
  const script = `const answer = await fetch('http://127.0.0.1:4888${path}');
console.log(JSON.stringify({ status: answer.status, body: await answer.text() }));`;
  return answerSchema.parse(JSON.parse(running().inNetwork(script)));
}

async function eventually<T>(read: () => T, wanted: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      const value = read();
      if (wanted(value)) return value;
    } catch (error) {
      if (tries === 99) throw error;
    }
    await sleep(100);
  }
  throw new Error(`never came: ${running().output()}`);
}

/** The fields of a process's status file. */
function statusOf(pid: number): ReadonlyMap<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return new Map(lines.map((line) => [line.split(':', 1)[0] ?? '', line.replace(/^\w+:\s*/, '')]));
}

/** Memory of a process in MiB: `VmRSS` all that is resident, `RssAnon` what cannot be read again from a file. */
function memoryMiB(pid: number, field: 'VmRSS' | 'RssAnon'): number {
  return Number.parseInt(statusOf(pid).get(field) ?? '', 10) / 1024;
}

before(async () => {
  if (skip) return;
  mkdirSync(storage, { recursive: true });
  makeBases(buildah, { build: argument('BUILD_IMAGE'), runtime: argument('RUNTIME_IMAGE') });
  build('localhost/quorum-probe:test');
  const [program, ...options] = buildah;
  const name = run(program, [
    ...options,
    'from',
    '--pull-never',
    'localhost/quorum-probe:test',
  ]).trim();
  root = bud('mount', name).trim();
  const { config } = inspect('localhost/quorum-probe:test');
  container = await startContainer(
    root,
    config.User.split(':')[0] ?? '',
    [...config.Entrypoint, ...(config.Cmd ?? [])],
    { QUORUM_PROBE_ENSEMBLE_SIZE: '1', QUORUM_PROBE_POD_NAME: 'zk-0', QUORUM_PROBE_SETTLE: '1s' },
  );
});

after(() => {
  if (skip) return;
  container?.discard();
  bud('umount', '--all');
  rmSync(storage, { recursive: true, force: true });
});

test('the image says what it is, and runs as nobody', { skip }, () => {
  const { config } = inspect('localhost/quorum-probe:test');
  assert.equal(config.User, '65532:65532');
  assert.deepEqual(Object.keys(config.ExposedPorts), ['4888/tcp']);
  assert.equal(config.Labels['org.opencontainers.image.version'], '1.2.3');
  assert.equal(config.Labels['org.opencontainers.image.revision'], '0123abc');
});

test('the image holds production dependencies and the built program, and nothing to build with', {
  skip,
}, () => {
  assert.deepEqual(readdirSync(join(root, 'app')).sort(), [
    'LICENSE',
    'dist',
    'node_modules',
    'package.json',
  ]);
  const modules = readdirSync(join(root, 'app/node_modules'));
  assert.ok(modules.includes('express'));
  for (const tool of ['typescript', 'tsx', '@biomejs', '@types'])
    assert.ok(!modules.includes(tool), tool);
});

test('inside the image netlink reads the socket table, once it agrees with /proc', {
  skip,
}, async () => {
  const { body } = await eventually(
    () => get('/api/v1/report'),
    (answer) => answer.body.includes('"source":"netlink"'),
  );
  assert.match(body, /"error":null/);
});

test('the image has no shell and no package manager', { skip }, () => {
  for (const path of ['bin/sh', 'bin/bash', 'usr/bin/env', 'usr/local/bin/npm']) {
    assert.ok(!existsSync(join(root, path)), path);
  }
});

test('the agent starts on a read-only root as its user, without a capability', {
  skip,
}, async () => {
  await eventually(
    () => get('/livez'),
    ({ status }) => status === 200,
  );
  const status = statusOf(running().pid);
  assert.match(status.get('Uid') ?? '', /^65532\t65532\t65532\t65532$/);
  assert.equal(Number.parseInt(status.get('CapEff') ?? '', 16), 0);
  assert.equal(Number.parseInt(status.get('CapPrm') ?? '', 16), 0);
  assert.equal(status.get('NoNewPrivs'), '1');
  const mounts = readFileSync(`/proc/${running().pid}/mountinfo`, 'utf8').split('\n');
  const rootMount = mounts.find((line) => line.split(' ')[4] === '/');
  assert.match(rootMount?.split(' ')[5] ?? '', /^ro,/);
});

test('the agent serves health, metrics, the report and the page', { skip }, () => {
  const readiness = get('/readyz');
  assert.equal(readiness.status, 503);
  assert.match(readiness.body, /\[-\]client-port failed/);
  const metrics = get('/metrics');
  assert.equal(metrics.status, 200);
  assert.match(metrics.body, /^quorum_probe_ready 0$/m);
  assert.match(metrics.body, /quorum_probe_build_info\{version="[^"]+",node="v26\./);
  assert.equal(get('/api/v1/report').status, 200);
  assert.equal(get('/').status, 200);
});

test('readiness follows a server that opens its port in the same network', { skip }, async () => {
  // A ZooKeeper that runs alone opens its client port and nothing else.
  const server = `import { createServer } from 'node:net';
const server = createServer().listen(2181, '0.0.0.0');
const poll = async () => {
  const { status } = await fetch('http://127.0.0.1:4888/readyz');
  if (status === 200) { console.log('ready'); server.close(); clearInterval(timer); }
};
const timer = setInterval(poll, 100);
setTimeout(() => process.exit(1), 15000).unref();`;
  assert.equal(running().inNetwork(server).trim(), 'ready');
  const { status } = await eventually(
    () => get('/readyz'),
    (answer) => answer.status === 503,
  );
  assert.equal(status, 503);
});

test('memory stays below what the manifests request and allow, through a thousand scrapes', {
  skip,
}, (t) => {
  const { pid } = running();
  const idle = memoryMiB(pid, 'VmRSS');
  running().inNetwork(`for (let n = 0; n < 1000; n++) {
  const answer = await fetch('http://127.0.0.1:4888/metrics', { headers: { connection: 'close' } });
  await answer.text();
}`);
  const scraped = memoryMiB(pid, 'VmRSS');
  // The working set, which Kubernetes bills, is little more than what is anonymous.
  const anonymous = memoryMiB(pid, 'RssAnon');
  const patch = parse(
    readFileSync(join(repository, 'deploy/components/observe/container.yaml'), 'utf8'),
  );
  const [, { value }] = z
    .tuple([z.unknown(), z.looseObject({ value: z.looseObject({ resources: z.unknown() }) })])
    .parse(patch);
  const memory = z.looseObject({ memory: z.string() });
  const { requests, limits } = z
    .looseObject({ requests: memory, limits: memory })
    .parse(value.resources);
  const mebibytes = (text: string): number => Number(/^(\d+)Mi$/.exec(text)?.[1]);
  t.diagnostic(
    `${idle.toFixed(1)} MiB resident idle, ${scraped.toFixed(1)} after 1000 scrapes, ${anonymous.toFixed(1)} of it anonymous`,
  );
  assert.ok(anonymous < mebibytes(requests.memory), `${anonymous} MiB of ${requests.memory}`);
  assert.ok(scraped < mebibytes(limits.memory), `${scraped} MiB of ${limits.memory}`);
});

test('a second look in the same container reads the same table', { skip }, () => {
  const { pid } = running();
  const { config } = inspect('localhost/quorum-probe:test');
  const inside = [
    '--net',
    '--pid',
    '--mount',
    '--root',
    '--wd',
    '--target',
    String(pid),
    '--setuid',
    '65532',
    '--setgid',
    '65532',
  ];
  const command = [...config.Entrypoint, 'scan', '--json', '--ensemble-size', '1', '||', 'true'];
  const scan = `nsenter ${inside.join(' ')} ${command.join(' ')}`;
  const report = z.looseObject({ role: z.string() }).parse(JSON.parse(run('sh', ['-c', scan])));
  assert.equal(report.role, 'absent');
});

test('the agent ends with 0 when it is asked to stop as the first process of its container', {
  skip,
}, async () => {
  running().stop();
  assert.equal(await running().ended, 0, running().output());
});

test('building again gives the same layers', { skip }, () => {
  const first = inspect('localhost/quorum-probe:test').rootfs.diff_ids;
  build('localhost/quorum-probe:again');
  assert.deepEqual(inspect('localhost/quorum-probe:again').rootfs.diff_ids, first);
});
