import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type MembersFileWatch, watchMembersFile } from '../../src/evidence/members-file.ts';

const TWO = 'server.1=zk-0:2888:3888\nserver.2=zk-1:2888:3888\n';
const THREE = `${TWO}server.3=zk-2:2888:3888\n`;

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-members-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'zoo.cfg'), text);
  return join(folder, 'zoo.cfg');
}

function members(watch: MembersFileWatch): number {
  const ensemble = watch.ensemble();
  return ensemble.kind === 'members' ? ensemble.members.length : -1;
}

test('the file is read again when another takes its place, as in a mounted ConfigMap', (t) => {
  const path = file(t, TWO);
  const watch = watchMembersFile(path, 'zk-0', assert.fail);
  assert.equal(members(watch), 2);
  writeFileSync(`${path}.new`, THREE);
  renameSync(`${path}.new`, path);
  watch.poll();
  assert.equal(members(watch), 3);
});

test('a file that went or cannot be understood leaves the last members, and is told once', (t) => {
  const path = file(t, TWO);
  const troubles: string[] = [];
  const watch = watchMembersFile(path, 'zk-0', (reason) => troubles.push(reason));
  rmSync(path);
  watch.poll();
  watch.poll();
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? '', /ENOENT/);
  writeFileSync(path, 'nothing of that kind\n');
  watch.poll();
  assert.equal(troubles.length, 2);
  assert.equal(members(watch), 2);
  writeFileSync(`${path}.new`, THREE);
  renameSync(`${path}.new`, path);
  watch.poll();
  assert.equal(members(watch), 3);
});

test('at the start such a file is refused', (t) => {
  assert.throws(
    () => watchMembersFile(file(t, ''), 'zk-0', assert.fail),
    /members file .*zoo\.cfg/,
  );
});
