import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { podFolder } from '../agent/pod.ts';
import { buildProgram } from '../built-program.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';
import { makePipe } from '../pipe.ts';

const built = buildProgram();

/** Loaded before the program: signals the process the moment it has a handler for that. */
const PRELOAD = `data:text/javascript,${encodeURIComponent(`
  const on = process.on;
  process.on = function (name, heed) {
    on.call(process, name, heed);
    if (name === 'SIGTERM') process.kill(process.pid, name);
    return process;
  };
`)}`;

function agentOptions(t: TestContext): string[] {
  const { root } = podFolder(t, [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)]);
  const members = ['--members', [POD, ...PEERS].join(), '--pod-ip', POD];
  return ['serve', '--proc', root, ...members, '--listen', '127.0.0.1:0'];
}

/** Runs the program, which gets SIGTERM as soon as it heeds it; as process 1 of a namespace where `isFirst`. */
async function stoppedAtOnce(t: TestContext, argv: readonly string[], isFirst: boolean) {
  const namespace = isFirst ? ['unshare', '--fork', '--pid', '--kill-child'] : [];
  const node = [process.execPath, '--import', PRELOAD, built.path];
  const [program = '', ...rest] = [...namespace, ...node, ...argv];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const startMs = performance.now();
  const [code, signal] = await once(child, 'close');
  return { code, signal, printed, tookMs: performance.now() - startMs };
}

const root = process.getuid?.() === 0 ? {} : { skip: 'a process namespace of its own needs root' };

for (const [title, isFirst, options] of [
  ['a stop signal is heeded before anything is loaded', false, {}],
  ['a stop signal is heeded before anything is loaded by process 1 of a container', true, root],
] as const) {
  test(title, options, async (t) => {
    const { code, signal, printed, tookMs } = await stoppedAtOnce(t, agentOptions(t), isFirst);
    assert.deepEqual([code, signal], [0, null]);
    // Node from 22 on loads much in one go, and may hand the signal over after that; the agent has nothing to end then.
    assert.doesNotMatch(printed, /stopping/);
    assert.ok(tookMs < 8_000, `${tookMs} ms`);
  });
}

test(
  'a command is ended by a stop signal too, as process 1 with the code that shells give',
  root,
  async (t) => {
    const { path } = makePipe(t);
    const scan = ['scan', '--input', path];
    assert.equal((await stoppedAtOnce(t, scan, true)).code, 143);
    const { code, signal } = await stoppedAtOnce(t, scan, false);
    assert.ok(code === 143 || signal === 'SIGTERM', `${code} ${signal}`);
  },
);
