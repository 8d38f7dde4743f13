import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type MembersFileWatch,
  readMembersFile,
  untilRested,
  watchMembersFile,
} from '../../src/evidence/members-file.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { makeFifo } from '../pipe.ts';

const TWO = 'server.1=zk-0:2888:3888\nserver.2=zk-1:2888:3888\n';
const THREE = `${TWO}server.3=zk-2:2888:3888\n`;

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-members-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'zoo.cfg'), text);
  return join(folder, 'zoo.cfg');
}

/** Follows the file, at a time that the test moves. */
async function follow(path: string, onTrouble: (reason: string) => void = assert.fail) {
  let nowMs = 0;
  const watch = await watchMembersFile(path, 'zk-0', {
    clock: () => nowMs,
    onTrouble,
    profile: zookeeper,
    givenPorts: [],
  });
  return {
    members: () => members(watch),
    ensemble: watch.ensemble,
    /** Polls each second, as the agent does, for so long. */
    async polls(ms: number) {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 1_000) await watch.poll();
      await watch.poll();
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

test('the file is read again when another takes its place, as in a mounted ConfigMap', async (t) => {
  const path = file(t, TWO);
  const followed = await follow(path);
  assert.equal(followed.members(), 2);
  replace(path, THREE);
  await followed.polls(0);
  assert.equal(followed.members(), 3);
});

test('a file that went or cannot be understood leaves the last members, and is told once', async (t) => {
  const path = file(t, TWO);
  const troubles: string[] = [];
  const followed = await follow(path, (reason) => troubles.push(reason));
  rmSync(path);
  await followed.polls(3_000);
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? '', /ENOENT/);
  writeFileSync(path, 'nothing of that kind\n');
  await followed.polls(60_000);
  assert.equal(troubles.length, 2);
  assert.equal(followed.members(), 2);
  replace(path, THREE);
  await followed.polls(3_000);
  assert.equal(followed.members(), 3);
});

test('a file that is written in its place is believed when it has rested', async (t) => {
  const path = file(t, TWO);
  const followed = await follow(path);
  writeFileSync(path, '');
  await followed.polls(1_000);
  writeFileSync(path, THREE);
  await followed.polls(1_000);
  assert.equal(followed.members(), 2);
  await followed.polls(2_000);
  assert.equal(followed.members(), 3);
});

test('half of a file is never a smaller ensemble, however long the other half takes', async (t) => {
  const path = file(t, THREE);
  const troubles: string[] = [];
  const followed = await follow(path, (reason) => troubles.push(reason));
  for (const half of [TWO.slice(0, -1), TWO.slice(0, 23), 'server.1=zk-0:2888:38']) {
    writeFileSync(path, half);
    await followed.polls(3_600_000);
    assert.equal(followed.members(), 3, half);
  }
  assert.equal(troubles.length, 3);
  assert.match(troubles[0] ?? '', /half-written/);
  writeFileSync(path, THREE.replace('zk-2', 'zk-9'));
  await followed.polls(12_000);
  assert.deepEqual(followed.ensemble(), (await readMembersFile(path, 'zk-0')).ensemble);
});

test('a smaller list is believed when it is whole and has rested for ten seconds', async (t) => {
  const path = file(t, THREE);
  const followed = await follow(path);
  writeFileSync(path, TWO);
  await followed.polls(9_000);
  assert.equal(followed.members(), 3);
  await followed.polls(2_000);
  assert.equal(followed.members(), 2);
});

test("a reconfiguration's file, which has no last line end, takes the other's place and is believed", async (t) => {
  const path = file(t, THREE);
  const followed = await follow(path);
  replace(path, TWO.slice(0, -1));
  await followed.polls(11_000);
  assert.equal(followed.members(), 2);
});

test('members on ports that are not watched are told, and those before stay', async (t) => {
  const path = file(t, TWO);
  const troubles: string[] = [];
  const followed = await follow(path, (reason) => troubles.push(reason));
  replace(path, `${TWO}server.3=zk-2:2890:3888\n`);
  await followed.polls(5_000);
  assert.equal(followed.members(), 2);
  assert.equal(troubles.length, 1);
  assert.match(
    troubles[0] ?? '',
    /the quorum port 2890 is not one of those that are watched.*restart the probe/,
  );
});

test('at the start a file without members is refused', async (t) => {
  await assert.rejects(follow(file(t, '')), /members file .*zoo\.cfg/);
});

test('what is no file, or too long, in its place is told in one line and waited for by nothing', async (t) => {
  const path = file(t, TWO);
  for (const [place, expected] of [
    [() => makeFifo(path), /zoo\.cfg is a pipe; give a regular file/],
    [() => mkdirSync(path), /zoo\.cfg is a folder; give a regular file/],
    [() => symlinkSync('/dev/zero', path), /zoo\.cfg is a device; give a regular file/],
    [() => writeFileSync(path, THREE + '#'.repeat(2 << 20)), /has 2\d* bytes; at most 1048576/],
  ] as const) {
    const troubles: string[] = [];
    replace(path, TWO);
    const followed = await follow(path, (reason) => troubles.push(reason));
    rmSync(path);
    place();
    await followed.polls(3_000);
    assert.equal(troubles.length, 1);
    assert.match(troubles[0] ?? '', expected);
    assert.equal(followed.members(), 2);
    await assert.rejects(follow(path), expected);
    rmSync(path, { recursive: true });
  }
});

test('a link to a link to the file is followed, as ConfigMaps are mounted', async (t) => {
  const path = file(t, TWO);
  const folder = dirname(path);
  mkdirSync(join(folder, '..v1'));
  renameSync(path, join(folder, '..v1', 'zoo.cfg'));
  symlinkSync('..v1', join(folder, '..data'));
  symlinkSync('..data/zoo.cfg', path);
  assert.equal((await follow(path)).members(), 2);
});

test('a start beside the writer of the file waits until it has rested for two seconds', async (t) => {
  const path = file(t, TWO);
  const writtenMs = 1_800_000_000_000;
  const times = (ms: number) => utimesSync(path, ms / 1_000, ms / 1_000);
  const waited = async (startMs: number, rewrites: number): Promise<number> => {
    let nowMs = startMs;
    let left = rewrites;
    times(writtenMs);
    await untilRested(path, {
      wallMs: () => nowMs,
      async pause(ms) {
        nowMs += ms;
        if (left > 0) times(nowMs);
        left -= 1;
      },
    });
    return nowMs - startMs;
  };
  assert.equal(await waited(writtenMs + 2_000, 0), 0);
  assert.equal(await waited(writtenMs + 500, 0), 1_500);
  assert.equal(await waited(writtenMs, 1), 4_000);
  assert.equal(await waited(writtenMs, 99), 10_000);
  assert.equal(await waited(writtenMs - 3_600_000, 0), 0);
});

test('a file that is not there is waited for by nobody', async (t) => {
  const path = file(t, TWO);
  rmSync(path);
  await untilRested(path, { wallMs: () => 0, pause: () => assert.fail() });
});
