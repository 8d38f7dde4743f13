import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAnswerReader, type Piece } from '../../src/kernel/answers.ts';
import type { Socket } from '../../src/model/socket.ts';
import { TCP_STATES } from '../../src/model/socket.ts';
import recorded from '../fixtures/netlink/every-kind.json' with { type: 'json' };
import { listens, row } from '../links/rows.ts';
import { doneMessage, errorMessage, message, rowMessage } from './messages.ts';

const SEQUENCE = 7;
const LITTLE = { littleEndian: true, sequence: SEQUENCE };

interface Taken {
  readonly piece: Piece;
  readonly sockets: (Socket | string)[];
  readonly refused: string[];
}

/** Everything that can be asked of each row is asked. */
function read(bytes: Uint8Array, littleEndian = true, sequence = SEQUENCE): Taken {
  const sockets: (Socket | string)[] = [];
  const refused: string[] = [];
  const piece = createAnswerReader(littleEndian).read(bytes, sequence, {
    keep(one) {
      one.remoteHash();
      one.queues();
      one.holder();
      sockets.push(one.socket());
    },
    refuse: (reason) => void refused.push(reason),
  });
  return { piece, sockets, refused };
}

function withoutVitals(one: Socket | string): Socket | string {
  if (typeof one === 'string') return one;
  const { vitals: _vitals, ...rest } = one;
  return rest;
}

const address = fc.oneof(
  fc.constantFrom('10.0.0.1', '127.0.0.1', '*'),
  fc.constantFrom('fd00::1', '2001:db8::2:1', '*'),
);
const end = fc.record({ address, port: fc.nat(65_535) }, { noNullPrototype: true });
const word = fc.nat(0xffff_ffff);
const socket: fc.Arbitrary<Socket> = fc
  .record(
    {
      local: end,
      remote: end,
      state: fc.constantFrom(...TCP_STATES.filter((state) => state !== 'listen')),
      txQueueBytes: word,
      rxQueueBytes: word,
      timer: fc.constantFrom('none', 'retransmit', 'keepalive', 'time-wait', 'window-probe'),
      retransmits: fc.nat(255),
      unansweredProbes: fc.nat(255),
      uid: fc.option(word),
    },
    { noNullPrototype: true },
  )
  // A row has one family: IPv4 addresses in an IPv6 row are mapped ones, which read as IPv4.
  .filter(({ local, remote }) => local.address.includes(':') === remote.address.includes(':'))
  .map(({ uid, ...rest }) => ({
    ...rest,
    owner: uid === null ? { kind: 'unknown' } : { kind: 'uid', uid },
    accepted: uid !== null,
  }));

test('rows are read back as either byte order writes them', () => {
  fc.assert(
    fc.property(fc.array(socket, { maxLength: 8 }), fc.boolean(), (sockets, littleEndian) => {
      const writing = { littleEndian, sequence: SEQUENCE };
      const bytes = Buffer.concat([
        ...sockets.map((one) => rowMessage(one, writing)),
        doneMessage(writing),
      ]);
      const taken = read(bytes, littleEndian);
      assert.deepEqual(taken.sockets.map(withoutVitals), sockets);
      assert.deepEqual(taken.piece, { end: { kind: 'done' }, interrupted: false });
    }),
  );
});

test('ends are read as they are, those read before among a crowd of others, and mapped ones as IPv4', () => {
  const reader = createAnswerReader(true);
  const told: string[] = [];
  const expected: string[] = [];
  for (let at = 0; at < 2_000; at += 1) {
    const address = `10.1.${at >> 8}.${at & 255}`;
    const known = row('10.0.0.1:2888', '10.0.0.2:40000');
    const mapped = row('10.0.0.1:2888', `${address}:${at}`);
    const v6 = {
      ...known,
      remote: { address: 'fd00::1', port: at },
      local: { address: 'fd00::2', port: 1 },
    };
    const asMapped = {
      ...mapped,
      local: { address: '::ffff:10.0.0.1', port: 2888 },
      remote: { address: `::ffff:${address}`, port: at },
    };
    for (const [one, read] of [
      [known, known],
      [asMapped, mapped],
      [mapped, mapped],
      [v6, v6],
    ] as const) {
      expected.push(JSON.stringify([read.local, read.remote]));
      reader.read(rowMessage(one, LITTLE), SEQUENCE, {
        keep(taken) {
          const socket = taken.socket();
          told.push(
            typeof socket === 'string' ? socket : JSON.stringify([socket.local, socket.remote]),
          );
        },
        refuse: (reason) => void told.push(reason),
      });
    }
  }
  assert.deepEqual(told, expected);
});

const PIECES = recorded.exchanges.flatMap(({ pieces }) =>
  pieces.map((piece) => Buffer.from(piece, 'base64')),
);

test('no bytes make the reader fail, and its rows are as many as fit into them', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...PIECES),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.nat(),
    )
    .map(([piece, changes, cut]) => {
      const bytes = Buffer.from(piece);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, cut % (bytes.length + 1));
    });
  const bytes = fc.oneof(mutated, fc.uint8Array({ maxLength: 600 }));
  fc.assert(
    fc.property(bytes, fc.boolean(), (piece, littleEndian) => {
      const sequence = piece.length < 12 ? 0 : Buffer.from(piece).readUInt32LE(8);
      const taken = read(piece, littleEndian, sequence);
      assert.ok(taken.sockets.length + taken.refused.length <= piece.length / 16);
      assert.ok(['more', 'done', 'refused', 'garbled'].includes(taken.piece.end.kind));
    }),
    { numRuns: 2_000 },
  );
});

test('a piece that ends within a message is never a whole answer', () => {
  const [first = Buffer.alloc(0)] = PIECES;
  const sequence = first.readUInt32LE(8);
  const lengths: number[] = [];
  for (let at = 0; at < first.length; at += Math.ceil(first.readUInt32LE(at) / 4) * 4) {
    lengths.push(at);
  }
  for (let cut = 1; cut < first.length; cut += 1) {
    const { kind } = read(first.subarray(0, cut), true, sequence).piece.end;
    assert.equal(kind, lengths.includes(cut) ? 'more' : 'garbled', `${cut}`);
  }
});

test('the errors that the kernel answers are values', () => {
  for (const errno of [1, 2, 13, 22, 105]) {
    assert.deepEqual(read(errorMessage(errno, LITTLE)).piece.end, { kind: 'refused', errno });
  }
  const done = doneMessage(LITTLE);
  done.writeInt32LE(-12, 16);
  assert.deepEqual(read(done).piece.end, { kind: 'refused', errno: 12 });
  assert.equal(read(message(2, Buffer.alloc(0), LITTLE)).piece.end.kind, 'garbled');
  assert.equal(read(message(99, Buffer.alloc(8), LITTLE)).piece.end.kind, 'garbled');
});

test('a dump that the kernel calls interrupted says so', () => {
  const writing = { ...LITTLE, flags: 0x12 };
  const link = row('10.0.0.1:3888', '10.0.0.2:40000');
  assert.equal(read(rowMessage(link, writing)).piece.interrupted, true);
  assert.equal(read(rowMessage(link, LITTLE)).piece.interrupted, false);
});

test('messages of another request are passed over', () => {
  const other = rowMessage(row('10.0.0.1:3888', '10.0.0.2:40000'), { ...LITTLE, sequence: 6 });
  const taken = read(Buffer.concat([other, errorMessage(1, { ...LITTLE, sequence: 6 })]));
  assert.deepEqual(taken.sockets, []);
  assert.deepEqual(taken.piece.end, { kind: 'more' });
});

test("a listener's queue limit is read, and not taken for unacknowledged bytes", () => {
  const listener = { ...listens('10.0.0.1:3888'), rxQueueBytes: 3 };
  const [one] = read(rowMessage({ ...listener, txQueueBytes: 511 }, LITTLE)).sockets;
  assert.deepEqual(one, { ...listener, acceptQueueLimit: 511 });
});

test('rows that cannot be are refused by reason', () => {
  const good = rowMessage(row('10.0.0.1:3888', '10.0.0.2:40000'), LITTLE);
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(good);
    bytes[at] = value;
    return bytes;
  };
  assert.deepEqual(read(changed(16, 17)).refused, ['bad-address']);
  assert.deepEqual(read(changed(17, 0)).refused, ['bad-state']);
  assert.deepEqual(read(changed(17, 99)).refused, ['bad-state']);
  assert.deepEqual(read(changed(18, 9)).sockets, ['bad-number']);
  assert.deepEqual(read(message(20, Buffer.alloc(71), LITTLE)).refused, ['short']);
});

test('a tcp_info of any length gives what it has', () => {
  const link = { ...row('10.0.0.1:3888', '10.0.0.2:40000'), retransmits: 4 };
  const of = (infoBytes: number, socket: Socket = link): Socket => {
    const [one] = read(rowMessage(socket, { ...LITTLE, infoBytes })).sockets;
    assert.ok(one !== undefined && typeof one !== 'string');
    return one;
  };
  assert.equal(of(0).vitals, undefined);
  assert.equal(of(3).vitals, undefined);
  assert.equal(of(4).retransmits, 4);
  assert.equal(of(4).vitals?.lastHeardMs, null);
  assert.equal(of(104).vitals?.lastHeardMs, 0);
  assert.equal(of(104).vitals?.sentBytes, null);
  assert.equal(of(232).vitals?.sentBytes, 0);
  assert.equal(of(232).vitals?.rttMs, null, 'not measured');
  assert.equal(of(232, { ...link, state: 'syn_sent' }).vitals, undefined);
});

test("a real kernel's figures of a connection are read", () => {
  const sockets = PIECES.flatMap((piece) => read(piece, true, piece.readUInt32LE(8)).sockets);
  const sender = sockets.find(
    (one) => typeof one !== 'string' && one.remote.port === 3889 && one.vitals?.sentBytes === 8,
  );
  assert.ok(sender !== undefined && typeof sender !== 'string' && sender.vitals !== undefined);
  const { rttMs, pathMtuBytes, lastSentMs, ...bytes } = sender.vitals;
  assert.ok(rttMs !== null && rttMs > 0 && rttMs < 100);
  assert.equal(pathMtuBytes, 65_535);
  assert.ok(lastSentMs !== null && lastSentMs < 60_000);
  assert.deepEqual([bytes.receivedBytes, bytes.retransmittedBytes], [0, 0]);
});
