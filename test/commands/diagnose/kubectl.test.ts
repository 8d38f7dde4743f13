import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createKubectl } from '../../../src/commands/diagnose/kubectl.ts';
import { scratch } from './recorded.ts';

const LIMITS = { timeoutMs: 20_000, maxBytes: 10_000 };

/** A shell script in the place of kubectl. */
function script(t: TestContext, text: string): string {
  const path = join(scratch(t), 'kubectl');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function kubectl(t: TestContext, text: string, flags: readonly string[] = []) {
  const created = createKubectl({ program: script(t, text), flags, atOnce: 2 });
  t.after(() => created.end());
  return created;
}

test('the flags for the cluster stand behind the first word', async (t) => {
  const result = await kubectl(t, 'echo "$@"', ['--context=a b']).run(['get', 'pods'], LIMITS);
  assert.equal(result.kind, 'ok');
  assert.equal(result.out.toString(), 'get --context=a b pods\n');
});

test('a call that does not end is ended, and one that prints too much too', async (t) => {
  const slow = await kubectl(t, 'exec sleep 600').run(['get'], { ...LIMITS, timeoutMs: 200 });
  assert.deepEqual(slow.kind === 'failed' && [slow.why, slow.reason], [
    'timeout',
    'no answer within 0.2 s',
  ]);
  const long = await kubectl(t, 'exec yes').run(['get'], LIMITS);
  assert.deepEqual(long.kind === 'failed' && [long.why, long.reason], [
    'too-long',
    'the answer is longer than 10000 bytes',
  ]);
});

/** What kubectl prints on standard error, the kind of failure and the line that is shown. */
const FAILURES: readonly (readonly [string, string, string])[] = [
  [
    'Error from server (Forbidden): pods "a" is forbidden: User "x" cannot get resource "pods"',
    'forbidden',
    'pods "a" is forbidden: User "x" cannot get resource "pods"',
  ],
  [
    'error: You must be logged in to the server (Unauthorized)',
    'forbidden',
    'You must be logged in to the server (Unauthorized)',
  ],
  [
    'Error from server (NotFound): statefulsets.apps "b" not found',
    'not-found',
    'statefulsets.apps "b" not found',
  ],
  [
    'error: the server doesn\'t have a resource type "peerauthentications"',
    'no-such-kind',
    'the server doesn\'t have a resource type "peerauthentications"',
  ],
  [
    'error: Internal error occurred: exec failed: unable to start container process: exec: "cat": executable file not found in $PATH: unknown',
    'no-such-program',
    'Internal error occurred: exec failed: unable to start container process: exec: "cat": executable file not found in $PATH: unknown',
  ],
  [
    'Unable to connect to the server: dial tcp: i/o timeout',
    'failed',
    'Unable to connect to the server: dial tcp: i/o timeout',
  ],
];

for (const [words, why, reason] of FAILURES) {
  test(`a failure is told apart by its words: ${why}`, async (t) => {
    const quoted = words.replaceAll("'", "'\\''");
    const text = `printf '%s\\n' '${quoted}' >&2; exit 1`;
    const result = await kubectl(t, text).run(['get'], LIMITS);
    assert.deepEqual(result.kind === 'failed' && [result.why, result.reason], [why, reason]);
  });
}

test('words that would steer the terminal are made plain', async (t) => {
  const result = await kubectl(t, "printf 'error: \\033[2Jx\\n' >&2; exit 1").run(['get'], LIMITS);
  assert.equal(result.kind === 'failed' && result.reason, '?[2Jx');
});

test('a port-forward gives the local ports, and is ended when it is closed', async (t) => {
  const pidFile = join(scratch(t), 'pid');
  const text = [
    `echo $$ > ${pidFile}`,
    'echo "Forwarding from 127.0.0.1:40001 -> 2181"',
    'echo "Forwarding from [::1]:40001 -> 2181"',
    'echo "Forwarding from 127.0.0.1:40002 -> 15000"',
    'exec sleep 600',
  ].join('\n');
  const opened = await kubectl(t, text).forward('zk-0', [2181, 15_000], 20_000);
  assert.ok(typeof opened !== 'string');
  assert.deepEqual(
    [...opened.ports],
    [
      [2181, 40_001],
      [15_000, 40_002],
    ],
  );
  const pid = Number(readFileSync(pidFile, 'utf8'));
  assert.equal(runs(pid), true);
  opened.close();
  while (runs(pid)) await delay(5);
});

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a port-forward that is refused or never opens gives its reason', async (t) => {
  const refused = kubectl(
    t,
    'echo "error: unable to forward port because pod is not running" >&2; exit 1',
  );
  assert.equal(
    await refused.forward('zk-0', [2181], 20_000),
    'unable to forward port because pod is not running',
  );
  const silent = kubectl(t, 'exec sleep 600');
  assert.equal(await silent.forward('zk-0', [2181], 200), 'no port-forward within 0.2 s');
});

test('not more run at a time than are allowed, and all of them run', async (t) => {
  const own = kubectl(t, 'echo "$1"');
  const results = await Promise.all(
    Array.from({ length: 7 }, (_, at) => own.run([String(at)], LIMITS)),
  );
  assert.deepEqual(
    results.map(({ out }) => out.toString().trim()),
    ['0', '1', '2', '3', '4', '5', '6'],
  );
});
