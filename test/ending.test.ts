import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeFifo } from './pipe.ts';

const PROGRAM = fileURLToPath(new URL('ending-program.ts', import.meta.url));

test('a thread that waits for ever in open() of a pipe does not hold up the end', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-ending-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const pipe = join(folder, 'pipe');
  makeFifo(pipe);
  const { status, signal, error } = spawnSync(
    process.execPath,
    ['--import', 'tsx', PROGRAM, pipe, '7'],
    { timeout: 30_000, killSignal: 'SIGABRT' },
  );
  assert.equal(error, undefined);
  // Node before 22.15 has no way to end with a code of its own then.
  if ('execve' in process) assert.deepEqual([status, signal], [7, null]);
  else assert.deepEqual([status, signal], [null, 'SIGKILL']);
});
