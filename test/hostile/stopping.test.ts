import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { podFolder } from '../agent/pod.ts';
import { buildProgram } from '../built-program.ts';
import { member, POD } from '../links/rows.ts';

const built = buildProgram();
const SILENT_DNS = fileURLToPath(new URL('silent-dns.mjs', import.meta.url));

const isRoot = process.getuid?.() === 0 ? {} : { skip: 'namespaces of its own need root' };

test('a DNS server that never answers does not hold up the end', isRoot, (t) => {
  const pod = podFolder(t, member(POD, 'other'));
  const resolver = join(pod.root, 'resolv.conf');
  writeFileSync(resolver, 'nameserver 127.0.0.1\nsearch a.example b.example\noptions ndots:5\n');
  const script =
    'resolver=$1; shift; mount --bind "$resolver" /etc/resolv.conf && ip link set lo up && exec "$@"';
  const argv = ['serve', '--proc', pod.root, '--members', 'zk-0.zk,zk-1.zk,zk-2.zk'];
  const settings = ['--pod-name', 'zk-0', '--listen', '127.0.0.1:0'];
  const agent = [process.execPath, SILENT_DNS, built.path, ...argv, ...settings];
  const { stdout, stderr } = spawnSync(
    'unshare',
    ['--net', '--mount', 'sh', '-c', script, 'sh', resolver, ...agent],
    { encoding: 'utf8', timeout: 60_000 },
  );
  assert.equal(stderr, '');
  const { code, signal, tookMs } = JSON.parse(stdout);
  // Before Node 22.15 nothing but a kill ends it then.
  if ('execve' in process) assert.deepEqual([code, signal], [0, null]);
  else assert.ok(code === 0 || signal === 'SIGKILL', stdout);
  assert.ok(tookMs < 8_000, `${tookMs} ms`);
});
