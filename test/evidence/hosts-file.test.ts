import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readHostsFile } from '../../src/evidence/hosts-file.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'quorum-probe-hosts-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('the file is read whole', (t) => {
  const path = join(folder(t), 'hosts');
  writeFileSync(path, '127.0.0.1\tlocalhost\n');
  assert.equal(readHostsFile(path), '127.0.0.1\tlocalhost\n');
});

test('a pipe that nobody writes to holds up nothing', (t) => {
  const path = join(folder(t), 'hosts');
  execFileSync('mkfifo', [path]);
  assert.equal(readHostsFile(path), null);
});

test('a folder, a file that is not there and one of many megabytes are not read', (t) => {
  const path = join(folder(t), 'hosts');
  assert.equal(readHostsFile(join(path, '..')), null);
  assert.equal(readHostsFile(path), null);
  writeFileSync(path, '');
  truncateSync(path, 64 * 1024 * 1024);
  assert.equal(readHostsFile(path), null);
});
