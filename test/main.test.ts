import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildProgram } from './built-program.ts';
import { makeFifo } from './pipe.ts';

const built = buildProgram();

function program(...argv: readonly string[]) {
  return built.runs(argv);
}

test('bad usage is one line on stderr, an empty stdout and exit code 2', () => {
  for (const argv of [
    ['--nonsense'],
    ['scan', '--json', '--settle=soon'],
    ['scan', '--config=/nowhere'],
  ]) {
    const { status, stdout, stderr } = program(...argv);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^quorum-probe: [^\n]+\n$/);
  }
});

test('help, version, profiles and schema go to stdout with exit code 0', () => {
  const outputs = [
    [['--help'], /^quorum-probe reports/],
    [['scan', '--help'], /^Scan once/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['profiles'], /^PROFILE {2}.*\nzookeeper {2}/],
    [['profiles', '--show', 'etcd'], /\nname: etcd\n/],
    [['schema'], /"title": "quorum-probe report"/],
    [['schema', 'profile'], /"title": "quorum-probe profile"/],
  ] as const;
  for (const [argv, expected] of outputs) {
    const { status, stdout, stderr } = program(...argv);
    assert.equal(status, 0, argv.join(' '));
    assert.match(stdout, expected);
    assert.equal(stderr, '');
  }
});

test('the schema command prints JSON', () => {
  assert.equal(JSON.parse(program('schema').stdout).type, 'object');
});

/** Runs the program in a shell, whose `$PROGRAM` it is. */
function shell(script: string) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], PROGRAM: `${process.execPath} ${built.path}` },
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

test('an output longer than a pipe holds arrives whole, however late it is read', (t) => {
  // What a full pipe of 64 KiB did not take at once was lost at the exit.
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-main-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const listing = join(folder, 'listing');
  const peers = Array.from({ length: 400 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
  const rows = peers.map((peer) => `tcp 0 0 10.9.9.9:3888 ${peer}:40000 ESTABLISHED\n`);
  writeFileSync(listing, rows.join(''));
  const members = ['10.9.9.9', ...peers].join();
  const { stdout, stderr } = shell(
    `$PROGRAM scan --json --input ${listing} --members ${members} | { sleep 1; cat; }`,
  );
  assert.equal(stderr, '');
  assert.ok(stdout.length > 70_000, `${stdout.length} bytes`);
  assert.doesNotThrow(() => JSON.parse(stdout));
});

test('an output that finds no room is one line on stderr and exit code 2', () => {
  for (const command of ['--help', 'schema', 'profiles']) {
    const { status, stderr } = shell(`$PROGRAM ${command} > /dev/full`);
    assert.equal(status, 2, command);
    assert.match(stderr, /^quorum-probe: cannot write to standard output: ENOSPC[^\n]*\n$/);
  }
});

test('whoever reads the beginning of an output may go then', () => {
  const { stdout, stderr } = shell('{ $PROGRAM schema; echo $? >&2; } | head -c 9');
  assert.deepEqual([stdout.length, stderr], [9, '0\n']);
});

test('what is no file, or too long, is refused in one line and waited for by nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-main-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const pipe = join(folder, 'pipe');
  makeFifo(pipe);
  const long = join(folder, 'long');
  writeFileSync(long, '');
  truncateSync(long, 300_000_000);
  for (const command of ['serve', 'scan']) {
    for (const option of ['config', 'profile-file', 'members-file']) {
      for (const [path, reason] of [
        [pipe, /is a pipe; give a regular file/],
        ['/dev/zero', /is a device; give a regular file/],
        [folder, /is a folder; give a regular file/],
        [long, /has 300000000 bytes; at most 1048576 are read/],
      ] as const) {
        const { status, stdout, stderr } = program(command, `--${option}=${path}`);
        assert.deepEqual([status, stdout], [2, ''], stderr);
        assert.match(stderr, reason);
        assert.match(stderr, /^quorum-probe: [^\n]+\n$/);
      }
    }
  }
  for (const [path, reason] of [
    ['/dev/zero', /is a device; give a file, a pipe, or - for standard input/],
    [folder, /is a folder; give a file, a pipe, or - for standard input/],
    [long, /has 300000000 bytes; at most 268435456 are read/],
  ] as const) {
    const { status, stdout, stderr } = program('scan', `--input=${path}`);
    assert.deepEqual([status, stdout], [2, ''], stderr);
    assert.match(stderr, reason);
  }
});

test('a listing comes through a pipe too, whether it has a name or not', () => {
  const row = 'tcp 0 0 10.9.9.9:2181 0.0.0.0:* LISTEN';
  const scan = '$PROGRAM scan --json --ensemble-size 3 --input';
  for (const script of [
    `echo '${row}' | ${scan} -`,
    `echo '${row}' | ${scan} /dev/stdin`,
    `d=$(mktemp -d) && mkfifo $d/p && { (sleep 0.5; echo '${row}' > $d/p) & ${scan} $d/p; rm -r $d; }`,
  ]) {
    const { stdout, stderr } = shell(script);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout).member.addresses, ['10.9.9.9'], script);
  }
});
