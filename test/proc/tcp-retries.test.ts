import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTcpRetries } from '../../src/proc/tcp-retries.ts';

test('the setting is read as the kernel prints it, and is not known where it is not there or no number', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'retries-'));
  t.after(() => rmSync(root, { recursive: true }));
  assert.equal(await readTcpRetries(root), null);
  mkdirSync(join(root, 'sys/net/ipv4'), { recursive: true });
  const read = (text: string): Promise<number | null> => {
    writeFileSync(join(root, 'sys/net/ipv4/tcp_retries2'), text);
    return readTcpRetries(root);
  };
  assert.equal(await read('15\n'), 15);
  for (const text of ['', 'many\n', '-1\n', '1e3\n', '9'.repeat(100)]) {
    assert.equal(await read(text), null, text);
  }
});
