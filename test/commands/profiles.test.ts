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
    profilesTable([zookeeper, short]),
    `PROFILE    PORTS                                       READY WHEN
zookeeper  client=2181+2281,quorum=2888,election=3888  the member leads with a majority of voters
                                                       linked, or holds a working link to the
                                                       leader, and its client port is open
x          client=2181+2281                            it listens
`,
  );
});
