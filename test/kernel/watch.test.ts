import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { autoSource, netlinkSource, procSource } from '../../src/kernel/sources.ts';
import type { Socket } from '../../src/model/socket.ts';
import type { ReadTiming } from '../../src/proc/read.ts';
import { podFolder } from '../agent/pod.ts';
import { listens, row } from '../links/rows.ts';
import { type Answer, answering, fakeNetlink } from './fake-kernel.ts';
import { errorMessage, rowMessage } from './messages.ts';

const LISTENER = listens('10.96.8.10:3888');
const INBOUND = row('10.96.8.10:3888', '10.96.7.10:50000');
const LINK = row('10.96.8.10:48836', '10.96.6.11:3888');
const CLIENT = row('10.96.8.10:2181', '10.96.1.1:50000');
const ROWS: readonly Socket[] = [LISTENER, INBOUND, LINK, CLIENT, listens('[fd00::1]:2181')];
const OPTIONS = {
  watched: { counted: [2181], peer: [2888, 3888], capture: [15_006], markers: [] },
  rowCap: 100,
};
const TIMING: ReadTiming = {
  sliceMs: 4,
  clock: () => 0,
  pause: () => Promise.resolve(),
  meter: { begin() {}, end() {}, pool: (work) => work(), spentMs: () => 0 },
};
const DUMP = 0x300;

/** Netlink alone, of a kernel whose rows a test changes, after one reading of them. */
async function watching(rows: readonly Socket[] = ROWS) {
  let answer: Answer = answering(rows);
  const { netlink, requests, destroys } = fakeNetlink((request, writing) =>
    answer(request, writing),
  );
  const source = await netlinkSource(async () => ({ kind: 'open', netlink }));
  await source.read(['tcp', 'tcp6'], OPTIONS, TIMING);
  return {
    requests,
    destroys,
    shows(next: readonly Socket[]): void {
      answer = answering(next);
    },
    answers(next: Answer): void {
      answer = next;
    },
    watch: () => source.watch(TIMING),
    async sees() {
      const reading = await source.watch(TIMING);
      assert.ok(reading !== null);
      return reading;
    },
  };
}

const ends = (rows: readonly Socket[]): string[] =>
  rows.map(({ local, remote }) => `${local.port} ${remote.port}`);

test('a tick shows listeners and links as they are now, each with its vitals', async () => {
  const { shows, sees } = await watching();
  const slow = { ...LINK, txQueueBytes: 44, timer: 'retransmit', retransmits: 2 } as const;
  shows([listens('10.96.8.10:3888', 1001, 3), INBOUND, slow, CLIENT, listens('*:2181')]);
  const { table, moved, source } = await sees();
  assert.equal(source, 'netlink');
  assert.equal(moved, false);
  assert.deepEqual(
    table.listeners.map(({ local, rxQueueBytes }) => [local.port, rxQueueBytes]),
    [
      [3888, 3],
      [2181, 0],
    ],
  );
  const [, link] = table.connections;
  assert.deepEqual(ends(table.connections), ends([INBOUND, LINK]));
  assert.deepEqual([link?.txQueueBytes, link?.retransmits], [44, 2]);
  assert.ok(table.connections.every(({ vitals }) => vitals !== undefined));
  assert.equal(table.ports.get(2181)?.states.established, 1, 'clients are as they were counted');
});

test('a tick asks for listeners and known links alone, so that no table of connections is walked', async () => {
  const { requests, sees } = await watching();
  requests.length = 0;
  await sees();
  const dumps = requests.filter((request) => (request.readUInt16LE(6) & DUMP) !== 0);
  assert.deepEqual(
    dumps.map((request) => request.readUInt32LE(20)),
    [1 << 10, 1 << 10],
  );
  assert.equal(requests.length, 4);
});

test('a tick makes no call in the thread pool, however slow the machine seems', async () => {
  const { netlink } = fakeNetlink(answering(ROWS));
  let aside = 0;
  const source = await netlinkSource(async () => ({
    kind: 'open',
    netlink: {
      ...netlink,
      sendAside(request) {
        aside += 1;
        return netlink.sendAside(request);
      },
      receiveAside(into) {
        aside += 1;
        return netlink.receiveAside(into);
      },
    },
  }));
  let nowMs = 0;
  const slow = { ...TIMING, clock: () => (nowMs += 5) };
  await source.read(['tcp', 'tcp6'], OPTIONS, slow);
  assert.ok(aside > 0, 'a scan does');
  aside = 0;
  assert.notEqual(await source.watch(slow), null);
  assert.equal(aside, 0);
});

test('a link that is gone is missing, and that is a reason for a scan, once', async () => {
  const { shows, sees } = await watching();
  shows(ROWS.filter((one) => one !== LINK));
  const gone = await sees();
  assert.deepEqual(ends(gone.table.connections), ends([INBOUND]));
  assert.equal(gone.moved, true);
  assert.equal((await sees()).moved, false);
});

test('an inbound link that is gone is not mistaken for the listener that the kernel answers with', async () => {
  const { answers, sees } = await watching();
  answers((request, writing) =>
    (request.readUInt16LE(6) & DUMP) === 0 && request.readUInt16BE(26) === 50_000
      ? [rowMessage(LISTENER, writing)]
      : answering(ROWS)(request, writing),
  );
  const { table, moved } = await sees();
  assert.deepEqual(ends(table.connections), ends([LINK]));
  assert.equal(moved, true);
});

test('another socket with the same ends, in another cookie, is another link', async () => {
  const { answers, sees } = await watching();
  answers((request, writing) =>
    answering(ROWS)(request, writing).map((message) => {
      if ((request.readUInt16LE(6) & DUMP) === 0) message.writeUInt32LE(99, 16 + 44);
      return message;
    }),
  );
  const { table, moved } = await sees();
  assert.deepEqual(table.connections, []);
  assert.equal(moved, true);
});

test('ends that another socket has taken over are no link: the kernel calls their cookie stale', async () => {
  const { answers, sees } = await watching();
  answers((request, writing) =>
    (request.readUInt16LE(6) & DUMP) === 0
      ? [errorMessage(116, writing)]
      : answering(ROWS)(request, writing),
  );
  assert.deepEqual((await sees()).table.connections, []);
});

test('a link that begins to close is shown so, and is a reason for a scan', async () => {
  const { shows, sees } = await watching();
  shows(ROWS.map((one) => (one === LINK ? { ...one, state: 'close_wait' } : one)));
  const { table, moved } = await sees();
  assert.deepEqual(
    table.connections.map(({ state }) => state),
    ['established', 'close_wait'],
  );
  assert.equal(moved, true);
});

test('a connection that came since is not shown: only a scan finds it', async () => {
  const { shows, sees } = await watching();
  shows([...ROWS, row('10.96.8.10:48900', '10.96.7.10:3888')]);
  const { table, moved } = await sees();
  assert.deepEqual(ends(table.connections), ends([INBOUND, LINK]));
  assert.equal(moved, false);
});

test('bytes that wait on a port between members are counted anew at each tick', async () => {
  const { shows, sees } = await watching();
  shows(ROWS.map((one) => (one === INBOUND ? { ...one, rxQueueBytes: 700 } : one)));
  assert.equal((await sees()).table.ports.get(3888)?.unreadBytes, 700);
  shows(ROWS);
  assert.equal((await sees()).table.ports.get(3888)?.unreadBytes, 0);
});

test('a socket that was destroyed on a port between members is a reason for a scan, and others are not', async () => {
  const { destroys, sees } = await watching();
  destroys({ ...CLIENT, state: 'close' });
  assert.equal((await sees()).moved, false);
  destroys({ ...row('10.96.8.10:48901', '10.96.7.10:3888'), state: 'close' });
  assert.equal((await sees()).moved, true);
  assert.equal((await sees()).moved, false);
});

test('events that the kernel lost, or more than a tick takes, are a reason for a scan', async () => {
  const { destroys, sees } = await watching();
  destroys(-105);
  assert.equal((await sees()).moved, true);
  assert.equal((await sees()).moved, false);
  for (let event = 0; event < 100; event += 1) destroys({ ...CLIENT, state: 'close' });
  assert.equal((await sees()).moved, true, 'the first 64');
  assert.equal((await sees()).moved, false, 'the rest');
});

test('before the first reading, and by /proc, there is nothing to watch', async (t) => {
  const { netlink } = fakeNetlink(answering(ROWS));
  const source = await netlinkSource(async () => ({ kind: 'open', netlink }));
  assert.equal(await source.watch(TIMING), null);
  assert.equal(await procSource(podFolder(t, ROWS).root).watch(TIMING), null);
});

/** An automatic source that netlink serves, of a kernel that then answers otherwise. */
async function served(t: TestContext, then: Answer) {
  const said: string[] = [];
  let answer: Answer = answering(ROWS);
  const source = autoSource(podFolder(t, ROWS).root, {
    first: 'compare',
    async open() {
      const { netlink } = fakeNetlink((request, writing) => answer(request, writing));
      return { kind: 'open', netlink };
    },
    clock: () => 0,
    onTrouble: (trouble) => void said.push(trouble),
    onChange: (name) => void said.push(`now ${name}`),
  });
  assert.equal((await source.read(['tcp', 'tcp6'], OPTIONS, TIMING)).source, 'netlink');
  assert.notEqual(await source.watch(TIMING), null);
  answer = then;
  return { source, said };
}

test('a kernel that refuses a tick is not asked again soon: /proc serves', async (t) => {
  const { source, said } = await served(t, (_request, writing) => [errorMessage(13, writing)]);
  assert.equal(await source.watch(TIMING), null);
  assert.equal((await source.read(['tcp', 'tcp6'], OPTIONS, TIMING)).source, 'proc');
  assert.equal(await source.watch(TIMING), null);
  assert.deepEqual(said, ['now netlink', 'now proc', 'netlink-failed']);
});

const BAD: [string, Answer][] = [
  ['nothing', () => []],
  ['garbage', () => [Buffer.alloc(40, 7)]],
  ['a cut message', (_request, writing) => [rowMessage(LINK, writing).subarray(0, 30)]],
  ['a row too short', (_request, writing) => [shortRow(writing.sequence)]],
  ['another error', (_request, writing) => [errorMessage(22, writing)]],
];

function shortRow(sequence: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt32LE(40, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.writeUInt32LE(sequence, 8);
  return bytes;
}

for (const [what, bad] of BAD) {
  test(`a lookup that is answered with ${what} makes /proc serve, and no link vanishes`, async (t) => {
    const { source, said } = await served(t, (request, writing) =>
      (request.readUInt16LE(6) & DUMP) === 0
        ? bad(request, writing)
        : answering(ROWS)(request, writing),
    );
    assert.equal(await source.watch(TIMING), null);
    assert.deepEqual(said, ['now netlink', 'now proc', 'netlink-failed']);
  });
}
