import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { OpenedNetlink } from '../../src/kernel/netlink.ts';
import { autoSource, netlinkSource, procSource } from '../../src/kernel/sources.ts';
import type { Socket } from '../../src/model/socket.ts';
import { podFolder } from '../agent/pod.ts';
import { listens, row } from '../links/rows.ts';
import { type Answer, answering, fakeNetlink } from './fake-kernel.ts';
import { errorMessage } from './messages.ts';
import { portable } from './recording.ts';

const LISTENER = listens('10.96.8.10:3888');
const LINK = row('10.96.8.10:48836', '10.96.6.11:3888');
const CLIENT = row('10.96.8.10:2181', '10.96.1.1:50000');
const ROWS: readonly Socket[] = [LISTENER, LINK, CLIENT, listens('[fd00::1]:2181')];
const OPTIONS = {
  watched: { counted: [2181], peer: [2888, 3888], capture: [15_006], markers: [] },
  rowCap: 100,
};
const TEN_MINUTES_MS = 600_000;

/** An automatic source on a folder of `rows`, beside a kernel that answers netlink as it is told. */
function auto(t: TestContext, first: 'compare' | 'proc' = 'proc') {
  const rows = ROWS;
  const pod = podFolder(t, rows);
  const said: string[] = [];
  let nowMs = 0;
  let answer: Answer = answering(rows);
  let opened: (() => OpenedNetlink) | null = null;
  let opens = 0;
  const source = autoSource(pod.root, {
    first,
    async open() {
      opens += 1;
      if (opened !== null) return opened();
      const { netlink } = fakeNetlink((request, writing) => answer(request, writing));
      return { kind: 'open', netlink };
    },
    clock: () => nowMs,
    onTrouble: (trouble) => void said.push(trouble),
    onChange: (name) => void said.push(`now ${name}`),
  });
  return {
    pod,
    said,
    opens: () => opens,
    answers(next: Answer): void {
      answer = next;
    },
    opensAs(next: OpenedNetlink): void {
      opened = () => next;
    },
    passes(ms: number): void {
      nowMs += ms;
    },
    read: () => source.read(['tcp', 'tcp6'], OPTIONS, TIMING),
  };
}

const TIMING = {
  sliceMs: 4,
  clock: () => 0,
  pause: () => Promise.resolve(),
  meter: {
    begin() {},
    end() {},
    pool: <Result>(work: () => Promise<Result>) => work(),
    spentMs: () => 0,
  },
};

test('the first reading is of /proc, and the next by netlink once both agree, with the same table', async (t) => {
  const { read, said, opens } = auto(t);
  const first = await read();
  assert.equal(first.source, 'proc');
  assert.equal(opens(), 0);
  const second = await read();
  assert.equal(second.source, 'netlink');
  assert.deepEqual(portable(second.table), portable(first.table));
  assert.equal((await read()).source, 'netlink');
  assert.deepEqual(said, ['now netlink']);
  assert.equal(opens(), 1);
});

test('where one reading is all there is, it is by netlink if both agree, and else of /proc', async (t) => {
  const agreeing = auto(t, 'compare');
  assert.equal((await agreeing.read()).source, 'netlink');
  const differing = auto(t, 'compare');
  differing.answers(answering([LINK, CLIENT]));
  assert.equal((await differing.read()).source, 'proc');
});

const CHANGED: [string, readonly Socket[]][] = [
  ['lacks a listener', [LINK, CLIENT]],
  ['has a listener more', [...ROWS, listens('10.96.8.10:2888')]],
  ['gives a listener to another uid', [listens('10.96.8.10:3888', 0), ...ROWS.slice(1)]],
  ['gives a listener another inode', [LINK, LISTENER, ...ROWS.slice(2)]],
  ['lacks a link', ROWS.filter((one) => one !== LINK)],
  ['lacks a client', ROWS.filter((one) => one !== CLIENT)],
  ['shows a link as closing', [LISTENER, { ...LINK, state: 'close_wait' }, ...ROWS.slice(2)]],
];

for (const [what, rows] of CHANGED) {
  test(`a dump that ${what} is not believed: /proc goes on, and is compared again after ten minutes`, async (t) => {
    const { read, said, answers, passes, opens } = auto(t);
    answers(answering(rows));
    await read();
    assert.equal((await read()).source, 'proc');
    assert.deepEqual(said, ['sources-differ']);
    passes(TEN_MINUTES_MS - 1);
    answers(answering(ROWS));
    assert.equal((await read()).source, 'proc');
    assert.equal(opens(), 1);
    passes(1);
    assert.equal((await read()).source, 'netlink');
    assert.deepEqual(said, ['sources-differ', 'now netlink']);
  });
}

test('a table that moved while it was compared is compared again', async (t) => {
  const { read, said, answers } = auto(t);
  const dumps: Socket[][] = [[...ROWS].filter((one) => one !== LINK), [...ROWS]];
  let requests = 0;
  answers((request, writing) => {
    // Four requests are one dump: of listeners and of connections, in either family.
    const dump = dumps[Math.min(Math.floor(requests / 4), 1)] ?? [];
    requests += 1;
    return answering(dump)(request, writing);
  });
  await read();
  assert.equal((await read()).source, 'netlink');
  assert.deepEqual(said, ['now netlink']);
});

test('where koffi is not installed /proc serves, without any trouble and without trying again', async (t) => {
  const { read, said, opens, opensAs, passes } = auto(t);
  opensAs({ kind: 'absent', reason: 'koffi cannot be loaded' });
  for (let reading = 0; reading < 3; reading += 1) {
    assert.equal((await read()).source, 'proc');
    passes(TEN_MINUTES_MS);
  }
  assert.deepEqual(said, ['now proc']);
  assert.equal(opens(), 1);
});

test('where netlink is denied /proc serves, and netlink is tried again after ten minutes', async (t) => {
  const { read, said, opens, opensAs, passes } = auto(t);
  opensAs({ kind: 'denied', reason: 'socket(AF_NETLINK): EPERM' });
  await read();
  assert.equal((await read()).source, 'proc');
  await read();
  assert.equal(opens(), 1);
  passes(TEN_MINUTES_MS);
  await read();
  assert.equal(opens(), 2);
  assert.deepEqual(said, ['netlink-failed', 'netlink-failed']);
});

test('a kernel that refuses while netlink serves costs no reading: /proc gives it at once', async (t) => {
  const { read, said, answers, passes } = auto(t);
  const { table } = await read();
  assert.equal((await read()).source, 'netlink');
  answers((_request, writing) => [errorMessage(13, writing)]);
  const reading = await read();
  assert.equal(reading.source, 'proc');
  assert.deepEqual(portable(reading.table), portable(table));
  assert.deepEqual(said, ['now netlink', 'now proc', 'netlink-failed']);
  answers(answering(ROWS));
  assert.equal((await read()).source, 'proc');
  passes(TEN_MINUTES_MS);
  assert.equal((await read()).source, 'netlink');
});

test('a call of the C library that fails costs no reading either', async (t) => {
  const { read, said, opensAs } = auto(t);
  const { netlink } = fakeNetlink(answering(ROWS));
  const fails = (): never => {
    throw new Error('too many calls');
  };
  opensAs({ kind: 'open', netlink: { ...netlink, receive: fails, receiveAside: fails } });
  await read();
  assert.equal((await read()).source, 'proc');
  assert.deepEqual(said, ['netlink-failed']);
});

test('while netlink serves, it is compared with /proc each ten minutes', async (t) => {
  const { read, said, pod, passes } = auto(t);
  await read();
  await read();
  pod.shows([...ROWS, row('10.96.8.10:3888', '10.96.7.10:40000')]);
  passes(TEN_MINUTES_MS - 1);
  assert.equal((await read()).source, 'netlink');
  passes(1);
  const reading = await read();
  assert.equal(reading.source, 'proc');
  assert.equal(reading.table.connections.length, 2);
  assert.deepEqual(said, ['now netlink', 'now proc', 'sources-differ']);
});

test('netlink alone is refused at the start where it cannot be had, with what to do', async () => {
  const open = () =>
    Promise.resolve({ kind: 'denied', reason: 'socket(AF_NETLINK): EPERM' } as const);
  await assert.rejects(netlinkSource(open), /EPERM; use --socket-source auto or proc/);
});

test('netlink alone is asked once at the start, and a kernel without sock_diag is refused there', async () => {
  const { netlink } = fakeNetlink((_request, writing) => [errorMessage(2, writing)]);
  await assert.rejects(
    netlinkSource(async () => ({ kind: 'open', netlink })),
    /ENOENT/,
  );
});

test('netlink alone fails with a reading that the kernel refuses, and goes on with the next', async (t) => {
  let answer: Answer = answering(ROWS);
  const closed: (() => boolean)[] = [];
  const source = await netlinkSource(async () => {
    const { netlink, isClosed } = fakeNetlink((request, writing) => answer(request, writing));
    closed.push(isClosed);
    return { kind: 'open', netlink };
  });
  const read = () => source.read(['tcp', 'tcp6'], OPTIONS, TIMING);
  const proc = procSource(podFolder(t, ROWS).root);
  const { table } = await proc.read(['tcp', 'tcp6'], OPTIONS, TIMING);
  assert.deepEqual(portable((await read()).table), portable(table));
  answer = (_request, writing) => [errorMessage(1, writing)];
  await assert.rejects(read(), /netlink cannot be read: the kernel answered EPERM/);
  answer = answering(ROWS);
  assert.deepEqual(portable((await read()).table), portable(table));
  assert.deepEqual(
    closed.map((isClosed) => isClosed()),
    [true, false],
  );
});
