import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carryAddresses, formerMember } from '../../src/assess/quorum/former.ts';
import type { Member } from '../../src/assess/quorum/members.ts';
import type { Ensemble } from '../../src/model/settings.ts';
import { APP, POD, row } from '../links/rows.ts';
import { codes, finding, run } from './judging.ts';
import { published } from './observation.ts';
import { LEARNER, OTHER, PEER } from './zookeeper-rows.ts';

const NEW = '10.96.9.9';

const ENSEMBLE: Ensemble = {
  kind: 'members',
  members: [
    { name: POD, literal: true, observer: false },
    { name: 'zk-1', literal: false, observer: false },
    { name: 'zk-2', literal: false, observer: false },
  ],
};

/** What DNS says, asked at a time: zk-2 has the given address. */
function names(atMs: number, address: string) {
  return new Map([
    ['zk-1', published(atMs, PEER)],
    ['zk-2', published(atMs, address)],
  ]);
}

/** The server goes on dialling the address that zk-2 had. */
const DIALS_OLD = [...LEARNER, row(`${POD}:40001`, `${OTHER}:3888`, APP, { state: 'syn_sent' })];

test('an address that a member had is stale after two lookups some seconds apart, by both its addresses', () => {
  const scans = run({ ensemble: ENSEMBLE });
  scans.look(0, LEARNER, { names: names(0, OTHER) });
  scans.look(1_000, DIALS_OLD, { names: names(0, OTHER) });
  // The pod is another one now, as the first lookup says.
  const first = scans.look(3_000, DIALS_OLD, { names: names(2_500, NEW) });
  assert.ok(!codes(first).includes('stale-peer-address'));
  // Without another lookup nothing is sure, and it is asked for.
  const waiting = scans.look(8_500, DIALS_OLD, { names: names(2_500, NEW) });
  assert.ok(!codes(waiting).includes('stale-peer-address'));
  assert.deepEqual(scans.last().strangers, [OTHER]);
  const second = scans.look(9_500, DIALS_OLD, { names: names(9_000, NEW) });
  const { summary, certainty, remedy, cause } = finding(second, 'stale-peer-address');
  assert.equal(certainty, 'confirmed');
  assert.equal(
    summary,
    `This member is connected, or connecting, to ${OTHER}, which was zk-2: zk-2 is ${NEW} now.`,
  );
  assert.match(cause, /replaced and got another address/);
  assert.doesNotMatch(cause, /list of members is out of date/);
  assert.match(remedy, /networkaddress\.cache\.ttl/);
  assert.deepEqual(scans.last().strangers, []);
});

test('a server that dials an old address again and again, each time anew, is reported all the same', () => {
  const scans = run({ ensemble: ENSEMBLE });
  scans.look(0, LEARNER, { names: names(0, OTHER) });
  const dials = (attempt: number) => [
    ...LEARNER,
    row(`${POD}:${41_000 + attempt}`, `${OTHER}:3888`, APP, { state: 'syn_sent' }),
  ];
  const found: number[] = [];
  for (let second = 1; second < 20; second++) {
    // An attempt is given up after three seconds, and the next one comes two seconds later.
    const rows = second % 5 < 3 ? dials(Math.floor(second / 5)) : LEARNER;
    const report = scans.look(second * 1_000, rows, { names: names(second * 1_000, NEW) });
    if (codes(report).includes('stale-peer-address')) found.push(second);
  }
  assert.ok(found.length > 3, found.join());
  assert.ok((found[0] ?? 0) <= 7, found.join());
});

test('a server that follows to the new address in time gives no finding', () => {
  const scans = run({ ensemble: ENSEMBLE });
  scans.look(0, DIALS_OLD, { names: names(0, OTHER) });
  scans.look(3_000, DIALS_OLD, { names: names(2_500, NEW) });
  const follows = [...LEARNER, row(`${POD}:40001`, `${NEW}:3888`)];
  for (let second = 4; second < 70; second++) {
    const report = scans.look(second * 1_000, follows, { names: names(second * 1_000, NEW) });
    assert.ok(!codes(report).includes('stale-peer-address'));
  }
});

test('a lookup that gives the old address again takes it back', () => {
  const scans = run({ ensemble: ENSEMBLE });
  scans.look(0, DIALS_OLD, { names: names(0, OTHER) });
  scans.look(3_000, DIALS_OLD, { names: names(2_500, NEW) });
  scans.look(5_000, DIALS_OLD, { names: names(4_500, OTHER) });
  const report = scans.look(12_000, DIALS_OLD, { names: names(11_500, NEW) });
  assert.ok(!codes(report).includes('stale-peer-address'));
});

test('an address that nobody is known to have had is stale after a minute, as before', () => {
  const scans = run({ ensemble: ENSEMBLE });
  const rows = [...LEARNER, row(`${POD}:40001`, '10.96.7.7:3888')];
  for (let second = 0; second < 60; second++) {
    const report = scans.look(second * 1_000, rows, { names: names(second * 1_000, OTHER) });
    assert.ok(!codes(report).includes('stale-peer-address'));
  }
  const report = scans.look(60_000, rows, { names: names(60_000, OTHER) });
  assert.match(
    finding(report, 'stale-peer-address').summary,
    /10\.96\.7\.7, which is not the address of any member/,
  );
});

function member(name: string, ...addresses: string[]): Member {
  const answer = published(0, ...addresses);
  return { name, addresses, observer: false, self: false, answer, literal: false };
}

test('an address belongs to the member that had it last, and to none that has it now', () => {
  const before = carryAddresses(new Map(), [member('a', '10.0.0.1'), member('b', '10.0.0.2')]);
  const moved = [member('a', '10.0.0.2'), member('b', '10.0.0.3')];
  const now = carryAddresses(before, moved);
  assert.equal(formerMember(now, moved, '10.0.0.1')?.member.name, 'a');
  assert.equal(formerMember(now, moved, '10.0.0.2'), null);
  assert.equal(formerMember(now, moved, '10.0.0.9'), null);
  assert.equal(carryAddresses(now, moved), now);
});

test('pods that are replaced again and again leave no endless list behind', () => {
  let named = carryAddresses(new Map(), []);
  for (let turn = 0; turn < 1_000; turn++) {
    named = carryAddresses(named, [member('a', `10.1.${turn >> 8}.${turn & 255}`)]);
  }
  assert.ok(named.size <= 65);
});
