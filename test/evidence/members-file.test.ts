import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type MembersFileWatch,
  readMembersFile,
  watchMembersFile,
} from '../../src/evidence/members-file.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

const TWO = 'server.1=zk-0:2888:3888\nserver.2=zk-1:2888:3888\n';
const THREE = `${TWO}server.3=zk-2:2888:3888\n`;

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-members-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'zoo.cfg'), text);
  return join(folder, 'zoo.cfg');
}

/** Follows the file, at a time that the test moves. */
function follow(path: string, onTrouble: (reason: string) => void = assert.fail) {
  let nowMs = 0;
  const watch = watchMembersFile(path, 'zk-0', {
    clock: () => nowMs,
    onTrouble,
    profile: zookeeper,
    givenPorts: [],
  });
  return {
    members: () => members(watch),
    ensemble: watch.ensemble,
    /** Polls each second, as the agent does, for so long. */
    polls(ms: number) {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 1_000) watch.poll();
      watch.poll();
    },
  };
}

function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function members(watch: MembersFileWatch): number {
  const ensemble = watch.ensemble();
  return ensemble.kind === 'members' ? ensemble.members.length : -1;
}

test('the file is read again when another takes its place, as in a mounted ConfigMap', (t) => {
  const path = file(t, TWO);
  const followed = follow(path);
  assert.equal(followed.members(), 2);
  replace(path, THREE);
  followed.polls(0);
  assert.equal(followed.members(), 3);
});

test('a file that went or cannot be understood leaves the last members, and is told once', (t) => {
  const path = file(t, TWO);
  const troubles: string[] = [];
  const followed = follow(path, (reason) => troubles.push(reason));
  rmSync(path);
  followed.polls(3_000);
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? '', /ENOENT/);
  writeFileSync(path, 'nothing of that kind\n');
  followed.polls(60_000);
  assert.equal(troubles.length, 2);
  assert.equal(followed.members(), 2);
  replace(path, THREE);
  followed.polls(3_000);
  assert.equal(followed.members(), 3);
});

test('a file that is written in its place is believed when it has rested', (t) => {
  const path = file(t, TWO);
  const followed = follow(path);
  writeFileSync(path, '');
  followed.polls(1_000);
  writeFileSync(path, THREE);
  followed.polls(1_000);
  assert.equal(followed.members(), 2);
  followed.polls(2_000);
  assert.equal(followed.members(), 3);
});

test('half of a file is never a smaller ensemble, however long the other half takes', (t) => {
  const path = file(t, THREE);
  const troubles: string[] = [];
  const followed = follow(path, (reason) => troubles.push(reason));
  for (const half of [TWO.slice(0, -1), TWO.slice(0, 23), 'server.1=zk-0:2888:38']) {
    writeFileSync(path, half);
    followed.polls(3_600_000);
    assert.equal(followed.members(), 3, half);
  }
  assert.equal(troubles.length, 3);
  assert.match(troubles[0] ?? '', /half-written/);
  writeFileSync(path, THREE.replace('zk-2', 'zk-9'));
  followed.polls(12_000);
  assert.deepEqual(followed.ensemble(), readMembersFile(path, 'zk-0').ensemble);
});

test('a smaller list is believed when it is whole and has rested for ten seconds', (t) => {
  const path = file(t, THREE);
  const followed = follow(path);
  writeFileSync(path, TWO);
  followed.polls(9_000);
  assert.equal(followed.members(), 3);
  followed.polls(2_000);
  assert.equal(followed.members(), 2);
});

test("a reconfiguration's file, which has no last line end, takes the other's place and is believed", (t) => {
  const path = file(t, THREE);
  const followed = follow(path);
  replace(path, TWO.slice(0, -1));
  followed.polls(11_000);
  assert.equal(followed.members(), 2);
});

test('members on ports that are not watched are told, and those before stay', (t) => {
  const path = file(t, TWO);
  const troubles: string[] = [];
  const followed = follow(path, (reason) => troubles.push(reason));
  replace(path, `${TWO}server.3=zk-2:2890:3888\n`);
  followed.polls(5_000);
  assert.equal(followed.members(), 2);
  assert.equal(troubles.length, 1);
  assert.match(
    troubles[0] ?? '',
    /the quorum port 2890 is not among those watched.*restart the probe/,
  );
});

test('at the start a file without members is refused', (t) => {
  assert.throws(() => follow(file(t, '')), /members file .*zoo\.cfg/);
});
