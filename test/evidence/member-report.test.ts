import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMemberReport } from '../../src/evidence/member-report.ts';
import type { Report } from '../../src/model/report.ts';
import { leaderReport } from '../http/sample-report.ts';

const REPORT: unknown = JSON.parse(JSON.stringify(leaderReport()));

/** The fields without which a report tells nothing of its member's place among the others. */
const NEEDED = new Set<string>([
  'schemaVersion',
  'at',
  'member',
  'role',
  'inQuorum',
  'ready',
  'verdict',
  'quorum',
  'links',
  'peers',
] satisfies (keyof Report)[]);

/** The same value, with one more field in each of its objects. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, held]) => [key, grown(held)]);
  return { ...Object.fromEntries(entries), addedLater: { by: ['a newer probe'] } };
}

test('only what the picture of the members needs is kept of a report', () => {
  const read = readMemberReport(REPORT);
  assert.ok(read.kind === 'report');
  assert.deepEqual(read.report.links[0], { role: 'quorum', peer: 'zk-0.zk', state: 'up' });
  assert.deepEqual(read.report.peers[0], { name: 'zk-0.zk', addresses: ['10.96.8.0'] });
  assert.ok(JSON.stringify(read.report).length < JSON.stringify(REPORT).length / 4);
});

test("a newer probe's further fields, wherever they are, change nothing", () => {
  assert.deepEqual(readMemberReport(grown(REPORT)), readMemberReport(REPORT));
});

test('any field that is not needed may be missing, or be of another shape', () => {
  for (const key of Object.keys(leaderReport())) {
    const without = { ...leaderReport(), [key]: undefined };
    const other = { ...leaderReport(), [key]: 'of another shape' };
    const expected = NEEDED.has(key) ? 'none' : 'report';
    assert.equal(readMemberReport(without).kind, expected, key);
    assert.equal(readMemberReport(other).kind, expected, key);
  }
});

test('a report whose fields have other meanings is none', () => {
  assert.deepEqual(readMemberReport({ ...leaderReport(), schemaVersion: 2 }), {
    kind: 'none',
    where: 'schemaVersion',
  });
});

test('whatever a stranger sends is read or refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(readMemberReport(value).kind, 'none');
    }),
  );
});
