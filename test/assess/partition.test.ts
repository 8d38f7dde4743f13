import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import { heldPartition } from '../../src/assess/ensemble/held-partition.ts';
import {
  type Pair,
  type PairWord,
  pairsOf,
  pairWord,
  partialPartition,
} from '../../src/assess/ensemble/partition.ts';
import { reportEnsemble } from '../../src/assess/ensemble/report-ensemble.ts';
import { partitionFinding } from '../../src/assess/findings/partition.ts';
import type { EnsembleView } from '../../src/model/ensemble.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import { REACHES, type Reach } from '../../src/model/vocabulary.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { leaderReport } from '../http/sample-report.ts';
import { answered } from './captured-ensemble.ts';

const ALL = [1, 2, 3, 4, 5].map((n) => `zk-${n}`);

/** What each member says of the others, `answered` unless a pair is among those that are cut. */
type Saying = (from: string, to: string) => Reach;

const cutBetween =
  (...pairs: readonly (readonly [number, number])[]): Saying =>
  (from, to) =>
    pairs.some(([a, b]) => [from, to].sort().join() === `zk-${a},zk-${b}`)
      ? 'probe-unanswered'
      : 'answered';

interface Members {
  readonly names?: readonly string[];
  readonly self?: string;
  readonly inQuorum?: (name: string) => boolean;
  /** Whom this member cannot ask. */
  readonly unasked?: readonly string[];
  readonly addressOf?: (from: string, to: string) => string;
}

function viewOf(says: Saying, members: Members = {}): EnsembleView {
  const { names = ALL, inQuorum = () => true, unasked = [] } = members;
  const self = members.self ?? names[0] ?? '';
  const addressOf = members.addressOf ?? ((_from, to) => `10.0.0.${to.slice(3)}`);
  const report = (from: string) =>
    leaderReport({
      member: { name: from, addresses: [`10.0.0.${from.slice(3)}`] },
      role: 'learner',
      inQuorum: inQuorum(from),
      links: [],
      peers: names
        .filter((to) => to !== from)
        .map((to) => ({
          ...{ name: to, addresses: [addressOf(from, to)], status: 'unknown' as const },
          ...{ reach: says(from, to), vitals: null },
        })),
    });
  const answers = names
    .filter((name) => name !== self)
    .map((name): readonly [string, PeerAnswer] => [
      name,
      unasked.includes(name) ? { kind: 'timeout', reason: 'no answer' } : answered(report(name)),
    ]);
  return viewEnsemble({
    own: report(self),
    answers: new Map(answers),
    profile: zookeeper,
    observers: new Set(),
  });
}

const once = (view: EnsembleView) =>
  heldPartition(view, new Map(), { nowMs: 0, seen: 'once' }).partition;

const HUB_OF_FIVE = cutBetween([2, 3], [2, 4], [2, 5], [3, 4], [3, 5], [4, 5]);

test('five members that all reach each other, or of which nobody says anything, are no partition', () => {
  for (const says of [() => 'answered', () => 'unknown'] satisfies Saying[]) {
    const view = viewOf(says);
    assert.deepEqual(view.reaches, []);
    assert.equal(once(view), null);
  }
});

test('the hub of five that are linked through it alone names itself and the six pairs', () => {
  const view = viewOf(HUB_OF_FIVE, { inQuorum: () => false });
  const partition = once(view);
  assert.deepEqual(partition?.hubs, ['zk-1']);
  assert.equal(partition.pairs.length, 6);
  assert.equal(partition.certainty, 'confirmed');
  const [finding] = partitionFinding(partition, view, zookeeper);
  assert.equal(
    finding?.summary,
    'zk-2 cannot reach zk-3, zk-4 and zk-5; zk-3 cannot reach zk-4 and zk-5; zk-4 cannot reach zk-5, while zk-1 reaches them.',
  );
  assert.equal(finding.weight, undefined, 'no quorum is seen: critical');
  assert.ok(finding.evidence.includes('zk-2 gets no answer any more from the probe of zk-3'));
});

test('where the quorum holds, the finding is of the lesser severity', () => {
  const names = ALL.slice(0, 3);
  const view = viewOf(cutBetween([2, 3]), { names, inQuorum: (name) => name !== 'zk-2' });
  const [finding] = partitionFinding(once(view), view, zookeeper);
  assert.equal(finding?.weight, 'lesser');
  assert.equal(finding.summary, 'zk-2 cannot reach zk-3, while zk-1 reaches both.');
});

test('a member that all have lost, or two halves that nobody bridges, are other faults', () => {
  const lone = cutBetween([1, 5], [2, 5], [3, 5], [4, 5]);
  assert.equal(once(viewOf(lone)), null);
  const halves = cutBetween([1, 4], [1, 5], [2, 4], [2, 5], [3, 4], [3, 5]);
  assert.equal(once(viewOf(halves)), null);
});

test('a leader cut off from all is left out of what the hub of the others says', () => {
  const says = cutBetween([1, 5], [2, 5], [3, 5], [4, 5], [2, 3], [2, 4], [3, 4]);
  const partition = once(viewOf(says, { unasked: ['zk-5'] }));
  assert.deepEqual(partition?.hubs, ['zk-1']);
  assert.ok(partition.pairs.every(({ between }) => !between.includes('zk-5')));
});

test('one end alone says nothing where the other was asked and does not say it too', () => {
  const says: Saying = (from, to) =>
    from === 'zk-2' && to === 'zk-3' ? 'connection-unanswered' : 'answered';
  assert.equal(once(viewOf(says)), null);
  const unsure: Saying = (from, to) =>
    from === 'zk-3' && to === 'zk-2' ? 'unknown' : says(from, to);
  assert.equal(once(viewOf(unsure)), null);
});

test('one end alone that can be asked is suspected, and only after it has lasted', () => {
  const view = viewOf(cutBetween([2, 3]), { self: 'zk-2', unasked: ['zk-3'] });
  assert.equal(once(view), null, 'one look cannot tell it from a peer that has just died');
  let held: Parameters<typeof heldPartition>[1] = new Map();
  const shown: number[] = [];
  for (let nowMs = 0; nowMs <= 12_000; nowMs += 1_000) {
    const next = heldPartition(view, held, { nowMs, seen: 'repeatedly' });
    held = next.held;
    if (next.partition !== null) {
      assert.equal(next.partition.certainty, 'suspected');
      shown.push(nowMs);
    }
  }
  assert.deepEqual(shown, [10_000, 11_000, 12_000]);
});

test('both ends say it in two rounds before the agent does, and not after a break', () => {
  const view = viewOf(cutBetween([2, 3]));
  const at = (nowMs: number, seen: EnsembleView, before: typeof first.held) =>
    heldPartition(seen, before, { nowMs, seen: 'repeatedly' });
  const first = heldPartition(view, new Map(), { nowMs: 0, seen: 'repeatedly' });
  assert.equal(first.partition, null);
  assert.equal(at(1_000, view, first.held).partition, null);
  const second = at(2_000, view, first.held);
  assert.deepEqual(second.partition?.hubs, ['zk-1', 'zk-4', 'zk-5']);
  const healed = at(
    3_000,
    viewOf(() => 'answered'),
    second.held,
  );
  assert.equal(healed.partition, null);
  assert.equal(at(4_000, view, healed.held).partition, null);
});

test('what is said of a member whose address the members disagree on is unknown', () => {
  const view = viewOf(cutBetween([2, 3]), {
    addressOf: (from, to) => (from === 'zk-2' && to === 'zk-3' ? '10.0.9.9' : `10.0.0.${to}`),
  });
  assert.equal(once(view), null);
});

test('an older probe says nothing of its reach, so that its pairs are suspected at most', () => {
  assert.equal(pairWord('probe-unanswered', 'unasked'), 'cut-by-one');
  assert.equal(pairWord('unasked', 'unasked'), 'unknown');
});

const anyWord = fc.constantFrom<PairWord>('meet', 'cut', 'cut-by-one', 'unknown');
const anyPairs = fc
  .integer({ min: 2, max: 6 })
  .chain((size) =>
    fc.array(anyWord, {
      minLength: (size * (size - 1)) / 2,
      maxLength: (size * (size - 1)) / 2,
    }),
  )
  .map((words): Pair[] => {
    const size = (1 + Math.sqrt(1 + 8 * words.length)) / 2;
    const pairs: Pair[] = [];
    for (let a = 0; a < size; a += 1) {
      for (let b = a + 1; b < size; b += 1) {
        pairs.push({ between: [`m${a}`, `m${b}`], word: words[pairs.length] ?? 'unknown' });
      }
    }
    return pairs;
  });

test('any pairs: each named pair is cut, each hub meets both ends of one of them', () => {
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const partition = partialPartition(pairs);
      if (partition === null) return;
      const wordOf = (a: string, b: string) =>
        pairs.find(({ between }) => between.includes(a) && between.includes(b))?.word;
      assert.ok(partition.hubs.length > 0 && partition.pairs.length > 0);
      assert.ok(partition.pairs.every(({ word }) => word === 'cut' || word === 'cut-by-one'));
      for (const hub of partition.hubs) {
        assert.ok(
          partition.pairs.some(({ between }) =>
            between.every((end) => end !== hub && wordOf(hub, end) === 'meet'),
          ),
        );
      }
      const sure = partition.pairs.every(({ word }) => word === 'cut');
      assert.equal(partition.certainty, sure ? 'confirmed' : 'suspected');
    }),
  );
});

test('any pairs: without one that is cut on positive evidence there is no partition', () => {
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const quiet = pairs.map(({ between, word }): Pair => {
        return { between, word: word === 'meet' ? 'meet' : 'unknown' };
      });
      assert.equal(partialPartition(quiet), null);
    }),
  );
});

test('any two words: their order does not matter, and two ends that were asked must agree', () => {
  const said = fc.constantFrom<Reach | 'unasked'>(...REACHES, 'unasked');
  fc.assert(
    fc.property(said, said, (a, b) => {
      const word = pairWord(a, b);
      assert.equal(word, pairWord(b, a));
      if (word === 'cut') assert.ok(a.endsWith('-unanswered') && b.endsWith('-unanswered'));
      if (word === 'cut-by-one') assert.ok([a, b].includes('unasked'));
    }),
  );
});

test('any sayings: whoever puts them together sees the same cut pairs', () => {
  const sayings = fc.array(fc.constantFrom(...REACHES), { minLength: 25, maxLength: 25 });
  fc.assert(
    fc.property(sayings, (words) => {
      const says: Saying = (from, to) =>
        words[ALL.indexOf(from) * 5 + ALL.indexOf(to)] ?? 'unknown';
      const seen = ALL.map((self) => pairsOf(viewOf(says, { self })));
      for (const pairs of seen) assert.deepEqual(pairs, seen[0]);
    }),
    { numRuns: 30 },
  );
});

test('a report that comes late ends nothing for five seconds, and an answer ends it at once', () => {
  const cut = viewOf(cutBetween([2, 3]));
  const late: Saying = (from, to) =>
    from === 'zk-3' && to === 'zk-2' ? 'unknown' : cutBetween([2, 3])(from, to);
  const follow = (views: readonly EnsembleView[]): boolean[] => {
    let held: Parameters<typeof heldPartition>[1] = new Map();
    return views.map((view, second) => {
      const next = heldPartition(view, held, { nowMs: second * 1_000, seen: 'repeatedly' });
      held = next.held;
      return next.partition !== null;
    });
  };
  const unsure = viewOf(late);
  const shown = follow([cut, cut, cut, ...Array<EnsembleView>(7).fill(unsure)]);
  assert.deepEqual(shown.map(Number).join(''), '0011111100');
  const healed = viewOf((from, to) => (from === 'zk-3' ? 'unknown' : cutBetween([4, 5])(from, to)));
  assert.equal(follow([cut, cut, cut, healed]).at(-1), false);
});

test('thousands of configured members of whom one does not answer cost no more than their own links: they ended the process', () => {
  const names = Array.from({ length: 5_000 }, (_, index) => `zk-${index}`);
  const own = leaderReport({
    member: { name: 'zk-0', addresses: ['10.0.0.0'] },
    links: [],
    peers: names.slice(1).map((name, index) => ({
      ...{ name, addresses: [], status: 'unknown' as const, vitals: null },
      reach: index === 0 ? ('probe-unanswered' as const) : ('unknown' as const),
    })),
  });
  for (const answers of [null, new Map<string, PeerAnswer>()]) {
    const view = viewEnsemble({ own, answers, profile: zookeeper, observers: new Set() });
    assert.ok(view.links.length <= view.roles.length * names.length);
    assert.deepEqual(pairsOf(view), []);
  }
});

test('the line of the ensemble says who cannot reach whom, in one look too', () => {
  const troublesOf = (view: EnsembleView) =>
    reportEnsemble(view, zookeeper.quorum, new Map(), { nowMs: 0, at: view.at }).ensemble.troubles;
  const [pair] = troublesOf(viewOf(cutBetween([2, 3]), { names: ALL.slice(0, 3) }));
  assert.equal(pair?.kind, 'cut');
  assert.equal(pair.text, 'zk-2 and zk-3 cannot reach each other, and zk-1 reaches both');
  assert.deepEqual(pair.members, ['zk-2', 'zk-3']);
  const lost = troublesOf(viewOf(HUB_OF_FIVE, { inQuorum: () => false }));
  const texts = lost.filter(({ kind }) => kind === 'cut').map(({ text }) => text);
  assert.deepEqual(texts, ['6 pairs of members cannot reach each other, and zk-1 reaches them']);
});

test('a complete partition that heals member by member is no partial one on the way', () => {
  const self = 'zk-1';
  const apart = viewOf(cutBetween([1, 4], [1, 5], [2, 4], [2, 5], [3, 4], [3, 5]), {
    self,
    unasked: ['zk-4', 'zk-5'],
  });
  const halfway = viewOf(cutBetween([1, 4], [1, 5], [2, 4]), { self, unasked: ['zk-4', 'zk-5'] });
  let held: Parameters<typeof heldPartition>[1] = new Map();
  for (let nowMs = 0; nowMs <= 33_000; nowMs += 1_000) {
    const view = nowMs <= 30_000 ? apart : halfway;
    const next = heldPartition(view, held, { nowMs, seen: 'repeatedly' });
    held = next.held;
    assert.equal(next.partition, null, `${nowMs}`);
  }
});
