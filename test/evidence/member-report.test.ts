import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { wholeReport } from '../../src/assess/ensemble/ensemble.ts';
import { readMemberReport } from '../../src/evidence/member-report.ts';
import type { MemberReport } from '../../src/model/evidence.ts';
import { LINK_STATES } from '../../src/model/link.ts';
import { MEMBER_ROLES, SCHEMA_VERSION, VERDICTS } from '../../src/model/vocabulary.ts';
import { blankReport, leaderReport, lookingReport } from '../http/sample-report.ts';

const REPORT: unknown = JSON.parse(JSON.stringify(leaderReport()));

function understood(value: unknown): MemberReport {
  const read = readMemberReport(value);
  assert.ok(read.kind === 'report');
  return read.report;
}

/** The same value, with one more field in each of its objects. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, held]) => [key, grown(held)]);
  return { ...Object.fromEntries(entries), addedLater: { by: ['a newer probe'] } };
}

test('only what the picture of the members needs is kept of a report', () => {
  const report = understood(REPORT);
  assert.deepEqual(report.links.entries[0], { role: 'quorum', peer: 'zk-0.zk', state: 'up' });
  assert.deepEqual(report.peers.entries[0], {
    name: 'zk-0.zk',
    addresses: ['10.96.8.0'],
    reach: 'unknown',
  });
  assert.ok(report.links.isWhole && report.peers.isWhole);
  assert.equal(report.schema, 'same');
  assert.ok(JSON.stringify(report).length < JSON.stringify(REPORT).length / 4);
});

test('what is read of a report of this release is what its own probe would take of it', () => {
  const { links, peers, ...own } = wholeReport(leaderReport());
  const read = understood(REPORT);
  assert.deepEqual({ ...read, links: [], peers: [] }, { ...own, links: [], peers: [] });
  assert.equal(read.links.entries.length, links.entries.length);
  assert.equal(read.peers.entries.length, peers.entries.length);
});

test('the reports that the first release wrote are read whole', () => {
  const file = new URL('../fixtures/reports/older-release.json', import.meta.url);
  const reports: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(Array.isArray(reports) && reports.length === 3);
  const read = reports.map(understood);
  assert.deepEqual(
    read.map(({ role, inQuorum, ready, verdict, schema }) => [
      ...[role, inQuorum, ready, verdict, schema],
    ]),
    [
      ['learner', true, true, 'healthy', 'same'],
      ['learner', true, true, 'healthy', 'same'],
      ['leader', true, true, 'healthy', 'same'],
    ],
  );
  assert.ok(read.every(({ links, peers }) => links.isWhole && peers.isWhole));
});

test("a newer probe's further fields, wherever they are, change nothing", () => {
  assert.deepEqual(readMemberReport(grown(REPORT)), readMemberReport(REPORT));
});

test('a field that is missing, or of another shape, is unknown, and takes nothing from the others', () => {
  const UNKNOWN: Partial<Record<string, Partial<MemberReport>>> = {
    at: { at: null },
    member: { member: { name: null, addresses: [] } },
    role: { role: 'unknown' },
    inQuorum: { inQuorum: null },
    ready: { ready: null },
    verdict: { verdict: 'unknown' },
    quorum: { quorum: { size: null, votes: null } },
    links: { links: { entries: [], isWhole: false } },
    peers: { peers: { entries: [], isWhole: false } },
  };
  for (const key of Object.keys(leaderReport())) {
    if (key === 'schemaVersion') continue;
    const expected = { ...understood(REPORT), ...UNKNOWN[key] };
    assert.deepEqual(understood({ ...leaderReport(), [key]: undefined }), expected, key);
    assert.deepEqual(understood({ ...leaderReport(), [key]: 17 }), expected, key);
  }
});

test('new words are unknown, and a list with an entry that is not understood is not whole', () => {
  const report = understood({
    ...leaderReport(),
    role: 'witness',
    verdict: 'thriving',
    links: [
      { role: 'quorum', peer: 'zk-0.zk', state: 'encrypting' },
      { role: 'quorum', peer: { id: 3 }, state: 'up' },
      { of: 'another shape' },
    ],
    peers: [{ name: 'zk-0.zk', reach: 'a-new-word' }, { id: 3 }],
  });
  assert.equal(report.role, 'unknown');
  assert.equal(report.verdict, 'unknown');
  assert.deepEqual(report.links, {
    entries: [
      { role: 'quorum', peer: 'zk-0.zk', state: 'unknown' },
      { role: 'quorum', peer: null, state: 'up' },
    ],
    isWhole: false,
  });
  assert.deepEqual(report.peers, {
    entries: [{ name: 'zk-0.zk', addresses: [], reach: null }],
    isWhole: false,
  });
});

test('of another schema version all is read that is understood, and no list is whole', () => {
  for (const schemaVersion of [0, 2, 9]) {
    const report = understood({ ...leaderReport(), schemaVersion });
    assert.equal(report.schema, 'other');
    assert.equal(report.role, 'leader');
    assert.equal(report.links.entries.length, leaderReport().links.length);
    assert.ok(!report.links.isWhole && !report.peers.isWhole);
  }
});

test('a report of which nothing is understood is still the report of a probe', () => {
  for (const value of [{ schemaVersion: 2 }, { schemaVersion: 3, standing: { place: 'ahead' } }]) {
    assert.equal(readMemberReport(value).kind, 'not-understood');
  }
});

test('text that would steer a terminal, or is longer than any name, is not taken', () => {
  for (const name of ['\u001b[2J', 'a'.repeat(300)]) {
    const report = understood({ ...leaderReport(), peers: [{ name, addresses: [name] }] });
    assert.deepEqual(report.peers, { entries: [], isWhole: false });
    assert.equal(understood({ ...leaderReport(), member: { name } }).member.name, null);
  }
});

/** What the first release demands of a peer's report, or else takes it for nonsense. */
const firstRelease = z.object({
  schemaVersion: z.literal(1),
  member: z.object({ name: z.string(), addresses: z.array(z.string()) }),
  role: z.enum(['leader', 'learner', 'looking', 'standalone', 'absent', 'member', 'unknown']),
  inQuorum: z.boolean().nullable(),
  ready: z.boolean(),
  verdict: z.enum(['healthy', 'degraded', 'broken', 'unknown']),
  quorum: z.object({ size: z.int().nullable(), votes: z.int().nonnegative().nullable() }),
  links: z.array(
    z.object({
      role: z.string(),
      peer: z.string().nullable(),
      state: z.enum(['up', 'connecting', 'stalled', 'closing']),
    }),
  ),
  peers: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
});

test('the first release can read what this one reports', () => {
  for (const report of [leaderReport(), lookingReport(), blankReport()]) firstRelease.parse(report);
  // Its words are these, and a further one would be nonsense to it.
  assert.deepEqual([...MEMBER_ROLES], firstRelease.shape.role.options);
  assert.deepEqual([...VERDICTS], firstRelease.shape.verdict.options);
  assert.deepEqual([...LINK_STATES], firstRelease.shape.links.element.shape.state.options);
  assert.equal(SCHEMA_VERSION, 1);
});

test('whatever a stranger sends is read or refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(readMemberReport(value).kind, 'none');
    }),
  );
});

test('whatever stands in the fields, what is read has the shape of a report', () => {
  const anyReport = fc.dictionary(
    fc.constantFrom(...Object.keys(leaderReport())),
    fc.oneof(fc.jsonValue(), fc.constantFrom('leader', 'healthy', true, [], [{}])),
  );
  fc.assert(
    fc.property(anyReport, fc.nat(3), (fields, schemaVersion) => {
      const read = readMemberReport({ ...fields, schemaVersion });
      if (read.kind !== 'report') return assert.equal(read.kind, 'not-understood');
      const { role, links, peers, quorum, schema } = read.report;
      assert.equal(typeof role, 'string');
      assert.equal(schema, schemaVersion === 1 ? 'same' : 'other');
      assert.ok(quorum.votes === null || Number.isSafeInteger(quorum.votes));
      assert.ok(links.entries.every((link) => typeof link.role === 'string'));
      assert.ok(peers.entries.every(({ name }) => typeof name === 'string'));
    }),
  );
});
