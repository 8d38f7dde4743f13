import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/model/report.ts';
import { followLog, type LogLine } from '../agent-log.ts';
import { isInstalled } from '../bench/program.ts';
import { buildProgram } from '../built-program.ts';
import { inTests } from '../runner/parts.ts';

const built = buildProgram();
const REFUSING = ['python3', inTests('kernel/without-netlink.py')];
const WITHOUT_NETLINK = [...REFUSING, 'open'];
const noPython = isInstalled('python3') ? false : 'python3 is missing: install the Debian package';
/** As in a pod: an ordinary user without any capability. */
const AS_IN_A_POD = [
  ...['setpriv', '--reuid', '65532', '--regid', '65532', '--clear-groups'],
  ...['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'],
];
const notRoot = process.getuid?.() === 0 ? false : 'root is needed to become another user';
const OFTEN = [
  '--scan-hint-interval=50ms',
  '--scan-min-interval=50ms',
  '--scan-max-interval=100ms',
];

/** The agent on this network namespace, started by `launcher`. */
async function serves(
  t: TestContext,
  { launcher = [], program = built.path }: { launcher?: string[]; program?: string },
) {
  const [file = '', ...args] = [
    ...[...launcher, process.execPath, program, 'serve', '--listen=127.0.0.1:0', ...OFTEN],
    ...['--ensemble-size=3', '--bootstrap=false'],
  ];
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const log = followLog(child);
  const { port } = await log.watching();
  const get = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })).text();
  return {
    log,
    get,
    async report(): Promise<Report> {
      return JSON.parse(await get('/api/v1/report'));
    },
    async ends(): Promise<void> {
      child.kill('SIGTERM');
      await log.ended();
    },
  };
}

type Serving = Awaited<ReturnType<typeof serves>>;

/** Waits for a line of the log, and for a scan after it. */
async function afterLine(agent: Serving, isWanted: (line: LogLine) => boolean) {
  await agent.log.until(isWanted);
  const { at } = (await agent.report()).scan;
  for (;;) {
    // Each question leaves a row of TIME_WAIT behind, which the next scans have to read.
    await sleep(250);
    const report = await agent.report();
    if (report.scan.at !== at) return report;
  }
}

test('the agent goes on with netlink once it agrees with /proc, as an ordinary user too', {
  skip: notRoot,
  timeout: 60_000,
}, async (t) => {
  const agent = await serves(t, { launcher: readableBy(t) });
  const report = await afterLine(agent, ({ source }) => source === 'netlink');
  assert.equal(report.scan.source, 'netlink');
  assert.equal(report.scan.error, null);
  const metrics = await agent.get('/metrics');
  assert.match(metrics, /^quorum_probe_scan_source\{source="netlink"\} 1$/m);
  assert.match(metrics, /^quorum_probe_scan_source\{source="proc"\} 0$/m);
  assert.match(metrics, /^quorum_probe_scan_errors_total\{reason="netlink-failed"\} 0$/m);
  await agent.ends();
});

/** A test's folders may belong to root alone: then root itself is what serves, without its capabilities. */
function readableBy(_t: TestContext): string[] {
  const tried = spawnSync('setpriv', [...AS_IN_A_POD.slice(1), 'test', '-r', built.path]);
  return tried.status === 0 ? AS_IN_A_POD : ['setpriv', '--no-new-privs', '--bounding-set=-all'];
}

test('where netlink is denied, /proc serves, and it is said once and counted', {
  skip: noPython,
  timeout: 60_000,
}, async (t) => {
  const agent = await serves(t, { launcher: WITHOUT_NETLINK });
  const report = await afterLine(agent, ({ what }) => what === 'netlink');
  assert.equal(report.scan.source, 'proc');
  assert.equal(report.scan.error, null);
  assert.match(await agent.get('/metrics'), /scan_errors_total\{reason="netlink-failed"\} 1$/m);
  await agent.ends();
  const lines = agent.log.lines.filter(({ what }) => what === 'netlink');
  assert.deepEqual(
    lines.map(({ reason }) => reason),
    ['socket(AF_NETLINK): EPERM'],
  );
});

test('where the kernel answers each request with an error, /proc serves, and it is said once and counted', {
  skip: noPython,
  timeout: 60_000,
}, async (t) => {
  const agent = await serves(t, { launcher: [...REFUSING, 'ask'] });
  const report = await afterLine(agent, ({ what }) => what === 'netlink');
  assert.equal(report.scan.source, 'proc');
  assert.equal(report.scan.error, null);
  assert.match(await agent.get('/metrics'), /scan_errors_total\{reason="netlink-failed"\} 1$/m);
  await agent.ends();
  const reasons = agent.log.lines
    .filter(({ what }) => what === 'netlink')
    .map(({ reason }) => reason);
  assert.deepEqual(reasons, ['the kernel answered EPERM']);
});

test('where koffi is not installed, /proc serves, and that is no fault', {
  timeout: 60_000,
}, async (t) => {
  const agent = await serves(t, { program: withoutKoffi(t) });
  const report = await afterLine(agent, ({ msg }) => msg === 'socket source');
  assert.equal(report.scan.source, 'proc');
  assert.match(await agent.get('/metrics'), /scan_errors_total\{reason="netlink-failed"\} 0$/m);
  await agent.ends();
  const lines = agent.log.lines.filter(({ msg }) => msg === 'socket source');
  assert.equal(lines.length, 1);
  assert.match(
    String(lines[0]?.['reason']),
    /^koffi cannot be loaded: Cannot find package 'koffi'/,
  );
  assert.ok(agent.log.lines.every(({ what }) => what !== 'netlink'));
});

/** A copy of the program beside all packages but koffi. */
function withoutKoffi(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-without-koffi-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = dirname(dirname(built.path));
  for (const part of ['dist', 'package.json']) {
    cpSync(join(home, part), join(folder, part), { recursive: true });
  }
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync('node_modules')) {
    if (name === 'koffi' || name.startsWith('.')) continue;
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  }
  return join(folder, 'dist', 'main.js');
}

test('where netlink alone is wanted and denied, nothing starts, and one line says what to do', {
  skip: noPython,
}, () => {
  for (const command of ['serve', 'scan']) {
    const [file = '', ...args] = WITHOUT_NETLINK;
    const ran = spawnSync(
      file,
      [...args, process.execPath, built.path, command, '--socket-source=netlink'],
      { encoding: 'utf8' },
    );
    assert.equal(ran.status, 2, ran.stderr);
    assert.equal(
      ran.stderr,
      'quorum-probe: the socket table cannot be read by netlink: socket(AF_NETLINK): EPERM; use --socket-source auto or proc\n',
    );
  }
});

test('one scan by netlink says so', () => {
  const { stdout } = built.runs(['scan', '--json', '--socket-source=netlink']);
  const report: Report = JSON.parse(stdout);
  assert.equal(report.scan.source, 'netlink');
  assert.equal(report.scan.error, null);
});
