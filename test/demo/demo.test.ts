import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { somePorts } from './place.ts';

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

interface Outcome {
  readonly code: unknown;
  readonly told: string;
}

/** Runs the demo on ports of its own; `onLine` may stop it by what it says. */
async function runDemo(args: readonly string[], stopAfter?: RegExp): Promise<Outcome> {
  const ports = somePorts();
  const child = spawn(process.execPath, [
    ...['--import', 'tsx', path('demo.ts'), ...args, `--listen-port=${ports.election + 1}`],
    `--ports=client=${ports.client},quorum=${ports.quorum},election=${ports.election}`,
  ]);
  const exited = once(child, 'exit');
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    told += part;
    if (stopAfter?.test(told)) child.kill('SIGINT');
  });
  const complaints = await text(child.stderr);
  const [code] = await exited;
  return { code, told: told + complaints };
}

test('readiness is told as given, lost with the leader and given again', async () => {
  const { code, told } = await runDemo(['--once', `--program=${path('../../src/main.ts')}`]);
  assert.equal(code, 0, told);
  assert.match(told, /Open http:\/\/127\.0\.0\.1:\d+\//);
  assert.match(
    told,
    /says ready.*zk-3 \S+, the leader, is lost.*says NOT ready.*zk-2 \S+ is elected.*says ready/s,
  );
});

test('an agent that stays ready through the loss of the leader fails the demo', async () => {
  const { code, told } = await runDemo(['--once', `--program=${path('always-ready.ts')}`]);
  assert.equal(code, 1, told);
  assert.match(told, /did not turn not ready/);
});

test('the demo stops cleanly when told to', async () => {
  const program = `--program=${path('always-ready.ts')}`;
  const { code, told } = await runDemo([program], /says ready/);
  assert.equal(code, 0, told);
});

test('an unknown option and a missing program are refused by name', async () => {
  assert.deepEqual((await runDemo(['--twice'])).code, 2);
  const missing = await runDemo(['--program=nowhere.js']);
  assert.equal(missing.code, 2);
  assert.match(missing.told, /no nowhere\.js: run "npm ci"/);
});
