import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { type Ended, scan } from './cases.ts';

const SELF = '10.0.0.2';
const LEARNER = `tcp 0 0 0.0.0.0:2182 0.0.0.0:* LISTEN
tcp 0 0 ${SELF}:3890 0.0.0.0:* LISTEN
tcp 0 0 ${SELF}:40000 10.0.0.1:2890 ESTABLISHED
tcp 0 0 ${SELF}:40001 10.0.0.1:3890 ESTABLISHED
`;
const LEADER = `tcp 0 0 0.0.0.0:2181 0.0.0.0:* LISTEN
tcp 0 0 ${SELF}:2888 0.0.0.0:* LISTEN
tcp 0 0 ${SELF}:3888 0.0.0.0:* LISTEN
tcp 0 0 ${SELF}:2888 10.0.0.1:40000 ESTABLISHED
`;

/** Scans a listing with a members file of these lines. */
function scanWith(
  t: TestContext,
  listing: string,
  members: string,
  ...more: string[]
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-members-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'listing'), listing);
  writeFileSync(join(folder, 'zoo.cfg'), members);
  const files = ['--input', join(folder, 'listing'), '--members-file', join(folder, 'zoo.cfg')];
  return scan('--json', ...files, ...more);
}

function reportIn({ out, error }: Ended): Report {
  assert.equal(error, '');
  return JSON.parse(out);
}

const OTHER_PORTS = `clientPort=2182
server.1=10.0.0.1:2890:3890
server.2=${SELF}:2890:3890
server.3=10.0.0.3:2890:3890
`;

test('a follower on other ports is judged by those that its members file names', async (t) => {
  const scanned = await scanWith(t, LEARNER, OTHER_PORTS);
  const { role, inQuorum, ports } = reportIn(scanned);
  assert.deepEqual([role, inQuorum, scanned.code], ['learner', true, 0]);
  assert.deepEqual(
    ports.map(({ port, role: of }) => `${of} ${port}`),
    ['client 2182', 'client 2281', 'quorum 2890', 'election 3890'],
  );
});

test('ports that are given by hand outrank the file', async (t) => {
  const scanned = await scanWith(t, LEARNER, OTHER_PORTS, '--ports=quorum=2888');
  assert.equal(reportIn(scanned).role, 'looking');
});

test("a leader's second address on a port of its own carries its follower", async (t) => {
  const members = `server.1=10.0.0.1:2888:3888|10.1.0.1:2889:3889
server.2=${SELF}:2888:3888|10.1.0.2:2889:3889
server.3=10.0.0.3:2888:3888
`;
  const listing = LEADER.replaceAll('2888 0.0.0.0', '2999 0.0.0.0').replace(
    `${SELF}:2888 10.0.0.1:40000`,
    `${SELF}:40000 10.1.0.1:2889`,
  );
  const { role, inQuorum, peers } = reportIn(await scanWith(t, listing, members));
  assert.deepEqual([role, inQuorum], ['learner', true]);
  assert.deepEqual(peers[0]?.addresses, ['10.0.0.1', '10.1.0.1']);
  assert.equal(peers[0]?.status, 'linked');
});

test('weights decide the quorum, whose majority is no number then', async (t) => {
  const servers = `server.1=10.0.0.1:2888:3888
server.2=${SELF}:2888:3888
server.3=10.0.0.3:2888:3888
group.1=1:2:3
`;
  const light = await scanWith(t, LEADER, `${servers}weight.3=3\n`);
  assert.equal(reportIn(light).inQuorum, false);
  assert.deepEqual(reportIn(light).quorum, { size: 3, majority: null, votes: 2, margin: null });
  const heavy = await scanWith(t, LEADER, `${servers}weight.1=3\n`);
  assert.deepEqual([reportIn(heavy).inQuorum, heavy.code], [true, 0]);
});

for (const [what, members, line] of [
  [
    'a port of two roles',
    'server.1=10.0.0.1:2181:3888',
    'port 2181 cannot be both client and quorum',
  ],
  [
    'a weight without a group',
    'server.1=10.0.0.1:2888:3888\nweight.1=2',
    'server.1 is in no group',
  ],
  ['a server that is none', 'server.1=10.0.0.1', 'line 1: "10.0.0.1" is not a server'],
] as const) {
  test(`${what} is refused in one line, with exit code 2 and nothing on standard output`, async (t) => {
    const { code, out, error } = await scanWith(t, LEADER, members);
    assert.deepEqual([code, out], [2, '']);
    assert.match(error, /^quorum-probe: members file [^\n]*\n$/);
    assert.ok(error.includes(line), error);
  });
}
