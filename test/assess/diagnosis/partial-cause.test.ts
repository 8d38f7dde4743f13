import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partialCause } from '../../../src/assess/diagnosis/partial-cause.ts';
import type { MemberPath } from '../../../src/model/diagnosis.ts';
import { zookeeper } from '../../../src/profiles/zookeeper.ts';

const NOBODY: ReadonlySet<string> = new Set();
const around = { pairs: [], profile: zookeeper, quorum: 'present' as const };

function path(a: string, b: string, kind: MemberPath['kind']): MemberPath {
  const lost = kind === 'one-way' ? { from: a, to: b } : null;
  const evidence = [`${a}: SYN_SENT`];
  return { between: [a, b], kind, lost, otherArrives: false, reason: '', evidence };
}

const HUB = [path('zk-0', 'zk-1', 'connected'), path('zk-0', 'zk-2', 'connected')];
const CUT = path('zk-1', 'zk-2', 'cut');

test('a pair that is cut while a third member is connected with both names all three', () => {
  const { causes, paths } = partialCause([...HUB, CUT], around, NOBODY);
  assert.deepEqual(paths, [CUT]);
  assert.deepEqual(
    causes.map(({ code, severity, certainty, members, headline }) => [
      ...[code, severity, certainty],
      ...[members, headline],
    ]),
    [
      [
        ...['partial-partition', 'warning', 'confirmed'],
        ['zk-1', 'zk-2'],
        'zk-1 and zk-2 do not reach each other, and zk-0 reaches both',
      ],
    ],
  );
  const lost = partialCause([...HUB, CUT], { ...around, quorum: 'lost' }, NOBODY);
  assert.equal(lost.causes[0]?.severity, 'critical');
});

test('no connection, a half-open one, or a direction alone is no partial partition', () => {
  for (const kind of ['not-connected', 'half-open', 'unknown', 'one-way'] as const) {
    const { causes } = partialCause([...HUB, path('zk-1', 'zk-2', kind)], around, NOBODY);
    assert.deepEqual(causes, [], kind);
  }
});

test('without a member that is connected with both it is a partition, which is said elsewhere', () => {
  assert.deepEqual(partialCause([CUT, ...HUB.slice(1)], around, NOBODY).causes, []);
});

test('where the rows show nothing the reports of the members do, and rows go before them', () => {
  const cut = { between: ['zk-1', 'zk-2'], word: 'cut' } as const;
  const unseen = [...HUB, path('zk-1', 'zk-2', 'unknown')];
  assert.equal(partialCause(unseen, { ...around, pairs: [cut] }, NOBODY).causes.length, 1);
  const seen = [...HUB, path('zk-1', 'zk-2', 'connected')];
  assert.deepEqual(partialCause(seen, { ...around, pairs: [cut] }, NOBODY).causes, []);
  const down = new Set(['zk-2']);
  assert.deepEqual(partialCause(unseen, { ...around, pairs: [cut] }, down).causes, []);
});
