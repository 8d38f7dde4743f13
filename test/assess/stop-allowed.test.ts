import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type StopEvidence,
  stopAllowed,
  type VoterSight,
} from '../../src/assess/stop/stop-allowed.ts';

type Answered = Extract<VoterSight, { kind: 'answered' }>;

function voter(name: string, changes: Partial<Answered> = {}): Answered {
  return {
    kind: 'answered',
    name,
    ...{ inQuorum: true, isAbsent: false, votes: null, stopping: null },
    ...changes,
  };
}

const SILENT: VoterSight = { kind: 'silent' };
const UNKNOWN: VoterSight = { kind: 'unknown' };

interface Given {
  readonly name?: string;
  readonly size?: number | null;
  readonly inQuorum?: boolean | null;
  readonly votes?: number | null;
  readonly isVoter?: boolean;
  readonly outForMs?: number | null;
  readonly rounds?: number | null;
}

/** The decision at `zk-1` of three, which has asked the others for two rounds. */
function decide(others: readonly VoterSight[], given: Given = {}): string {
  const { name = 'zk-1', size = 3, inQuorum = true, votes = null } = given;
  const majority = size === null ? null : Math.floor(size / 2) + 1;
  const evidence: StopEvidence = {
    own: {
      member: { name, addresses: [] },
      inQuorum,
      quorum: { size, majority, votes, margin: null },
    },
    isVoter: given.isVoter ?? true,
    outForMs: given.outForMs ?? null,
    others,
    rounds: given.rounds === undefined ? 2 : given.rounds,
  };
  const { kind, reason } = stopAllowed(evidence);
  return `${kind}: ${reason}`;
}

test('a member that the others can do without may stop', () => {
  assert.equal(
    decide([voter('zk-0'), voter('zk-2')]),
    'allowed: 2 of the other voters are there and 2 are a majority',
  );
});

test('with one member out of three already, whether silent, out or absent, another is held', () => {
  const out = [
    SILENT,
    voter('zk-0', { inQuorum: false }),
    voter('zk-0', { inQuorum: false, isAbsent: true }),
  ];
  for (const other of out) {
    assert.equal(
      decide([other, voter('zk-2')]),
      'held: 1 of the other voters is there, and a majority needs 2',
    );
  }
});

test('a leader that asks nobody goes by the votes that it counts', () => {
  const alone = { rounds: null };
  assert.match(decide([], { ...alone, votes: 3 }), /^allowed/);
  assert.match(decide([], { ...alone, votes: 2 }), /^held/);
  assert.match(decide([UNKNOWN, UNKNOWN], { ...alone, votes: 2 }), /^held/);
});

test('the leader that answers counts for members whose probe says nothing', () => {
  assert.match(decide([voter('zk-0', { votes: 3 }), UNKNOWN]), /^allowed/);
  assert.match(decide([voter('zk-0', { votes: 2 }), UNKNOWN]), /^held/);
});

test('the word of a silent member is not taken from the leader that still counts it', () => {
  assert.match(decide([voter('zk-0', { votes: 3 }), SILENT]), /^held/);
});

test('what is not known is allowed', () => {
  assert.match(decide([UNKNOWN, UNKNOWN], { rounds: null }), /^allowed: it is unknown/);
  assert.match(decide([voter('zk-0'), UNKNOWN]), /^allowed: it is unknown whether 1/);
  assert.match(decide([SILENT, SILENT], { size: null }), /^allowed: it is unknown how many/);
  assert.match(decide([SILENT, SILENT], { inQuorum: null }), /^allowed: it is unknown whether/);
});

test('an observer, and a member of an ensemble that can spare nobody, are never held', () => {
  assert.match(decide([SILENT, SILENT], { isVoter: false }), /^allowed/);
  assert.match(decide([], { size: 1, votes: 1 }), /^allowed/);
  assert.match(decide([SILENT], { size: 2, votes: 2 }), /^allowed/);
});

test('nobody goes before the others have been asked twice', () => {
  for (const rounds of [0, 1]) {
    assert.equal(
      decide([voter('zk-0'), voter('zk-2')], { rounds }),
      'held: the other members are being asked',
    );
  }
});

test('of several that want to stop the lowest name goes first, and numbers count as numbers', () => {
  const held = { stopping: 'held' } as const;
  assert.match(decide([voter('zk-0'), voter('zk-2', held)]), /^allowed/);
  assert.equal(
    decide([voter('zk-0', held), voter('zk-2')]),
    'held: 1 of the other voters is there, and a majority needs 2; zk-0 stops first',
  );
  const five = [voter('zk-2'), voter('zk-3'), voter('zk-4'), voter('zk-10', held)];
  assert.match(decide(five, { name: 'zk-9', size: 5 }), /^allowed/);
  assert.match(
    decide([...five.slice(0, 2), SILENT, voter('zk-9', held)], { name: 'zk-10', size: 5 }),
    /^held/,
  );
});

test('one that may go already goes before everybody, though it is still in the quorum', () => {
  const going = voter('zk-2', { stopping: 'going', votes: 3 });
  assert.match(decide([voter('zk-0', { votes: 3 }), going]), /^held/);
});

test('of five two may go at once while all are there', () => {
  const others = [
    voter('zk-0'),
    voter('zk-2'),
    voter('zk-3'),
    voter('zk-4', { stopping: 'going' }),
  ];
  assert.match(decide(others, { size: 5 }), /^allowed/);
  assert.match(decide([...others.slice(0, 2), SILENT, others[3] ?? UNKNOWN], { size: 5 }), /^held/);
});

test('where more stop than a majority, nobody is held', () => {
  const held = { stopping: 'held' } as const;
  assert.match(
    decide([voter('zk-0', held), voter('zk-2', held)]),
    /^allowed: 3 of the 3 voters stop/,
  );
  const toOne = [2, 3, 4].map((ordinal) => voter(`zk-${ordinal}`, held));
  assert.match(decide([voter('zk-0'), ...toOne], { size: 5 }), /^allowed/);
});

test('a member that elects is held while the election needs it, and not where none can succeed', () => {
  const looking = (name: string) => voter(name, { inQuorum: false });
  const out = { inQuorum: false, outForMs: 2_000 };
  assert.match(decide([looking('zk-0'), SILENT], out), /^held/);
  assert.match(decide([looking('zk-0'), looking('zk-2')], out), /^allowed/);
  assert.match(decide([SILENT, SILENT], out), /^allowed: no quorum can form/);
  assert.match(
    decide([looking('zk-0'), SILENT], { ...out, outForMs: 60_000 }),
    /^allowed: .* 60 s/,
  );
});

test('however stops come together, whoever is let go one by one leaves a majority', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(3, 5, 7),
      fc.array(fc.record({ who: fc.nat(6), later: fc.boolean() }), { maxLength: 40 }),
      (size, events) => {
        const majority = Math.floor(size / 2) + 1;
        const members = Array.from({ length: size }, (_, index) => ({
          name: `zk-${index}`,
          state: 'up' as 'up' | 'held' | 'going' | 'gone',
        }));
        const wanting = () => members.filter(({ state }) => state === 'held' || state === 'going');
        const there = () =>
          members.filter(({ state }) => state === 'up' || state === 'held').length;
        for (const { who, later } of events) {
          const one = members[who % size];
          if (one === undefined) continue;
          // Stops of a majority at most: more are the end of all.
          if (one.state === 'up' && wanting().length < majority) one.state = 'held';
          else if (one.state === 'going') one.state = 'gone';
          else if (one.state === 'gone' && later) one.state = 'up';
          else if (one.state === 'held') {
            const others = members
              .filter((other) => other !== one)
              .map(({ name, state }) =>
                state === 'gone'
                  ? SILENT
                  : voter(name, { stopping: state === 'up' ? null : state }),
              );
            const decision = decide(others, { name: one.name, size });
            if (decision.startsWith('allowed')) one.state = 'going';
          }
          assert.ok(there() >= majority, JSON.stringify(members));
        }
      },
    ),
  );
});
