import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profilesTable } from '../../src/commands/profiles.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

test('profiles are printed as aligned columns within a terminal', () => {
  const short = {
    ...zookeeper,
    name: 'x',
    ready: 'it listens',
    ports: zookeeper.ports.slice(0, 1),
  };
  assert.equal(
    profilesTable([zookeeper, short], 100),
    `PROFILE    PORTS                                       READY WHEN
zookeeper  client=2181+2281,quorum=2888,election=3888  the member leads with a majority of voters
                                                       linked, or holds a working link to the
                                                       leader, and its client port is open
x          client=2181+2281                            it listens
`,
  );
});

test('on a narrow terminal each profile is a paragraph, and no line is longer', () => {
  const text = profilesTable([zookeeper], 50);
  assert.match(
    text,
    /^zookeeper\n {2}client=2181\+2281, quorum=2888, election=3888\n {2}the member/,
  );
  for (const line of text.split('\n')) assert.ok(line.length <= 50, line);
});
