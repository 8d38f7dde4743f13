import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Owner } from '../../src/model/socket.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { type Listener, recogniseListeners, TELLING_PORTS } from '../../src/profiles/listening.ts';
import { SIGNS } from '../../src/profiles/signs.ts';

const SERVER: Owner = { kind: 'uid', uid: 1_000 };
const OTHER: Owner = { kind: 'uid', uid: 1_001 };

function on(ports: readonly number[], owner: Owner = SERVER): Listener[] {
  return ports.map((port) => ({ local: { address: '*', port }, owner }));
}

const known = (name: string, by: string) => ({ kind: 'known', name, by });

test('every profile says which of its ports show it, by roles that it has', () => {
  assert.deepEqual(new Set(SIGNS.keys()), new Set(PROFILES.keys()));
  for (const [name, signs] of SIGNS) {
    const roles = PROFILES.get(name)?.ports.map(({ role }) => role) ?? [];
    for (const sign of signs) {
      for (const role of sign.roles) assert.ok(roles.includes(role), `${name}: ${role}`);
    }
  }
});

test('each system is known by its own ports, or called ambiguous where another one or any program has them', () => {
  const shared = new Map<string, readonly string[]>();
  for (const profile of PROFILES.values()) {
    const ports = profile.ports.map((spec) => spec.ports[0] ?? 0);
    const found = recogniseListeners([on(ports)]);
    if (found.kind === 'known') assert.equal(found.name, profile.name);
    else if (found.kind === 'unclear') shared.set(profile.name, found.profiles);
    else assert.fail(profile.name);
  }
  for (const [name, profiles] of shared) assert.ok(profiles.includes(name), name);
  assert.deepEqual([...shared.keys()].sort(), ['elasticsearch', 'kafka-kraft', 'opensearch']);
});

test('of two systems with the same ports, a further port of the owner shows which it is', () => {
  assert.deepEqual(recogniseListeners([on([9200, 9300])]), {
    kind: 'unclear',
    profiles: ['elasticsearch', 'opensearch'],
    why: 'ports 9200 and 9300 listen, which elasticsearch and opensearch use',
  });
  assert.deepEqual(
    recogniseListeners([on([9200, 9300, 9600])]),
    known('opensearch', 'ports 9200, 9300 and 9600 listen'),
  );
  // Somebody else's 9600, such as that of Logstash.
  assert.equal(recogniseListeners([[...on([9200, 9300]), ...on([9600], OTHER)]]).kind, 'unclear');
});

test('the ports of one system that two owners have between them show nothing', () => {
  assert.deepEqual(recogniseListeners([[...on([2379]), ...on([2380], OTHER)]]), {
    kind: 'unclear',
    profiles: ['etcd'],
    why: 'ports 2379 and 2380 listen, which is not enough to recognize the system',
  });
  const unowned: Owner = { kind: 'unknown' };
  assert.equal(recogniseListeners([[...on([2379]), ...on([2380], unowned)]]).kind, 'known');
});

test('two systems in one pod, or in two members, are named', () => {
  const both = recogniseListeners([on([2181, 3888, 8443, 11_443])]);
  assert.deepEqual(both, {
    kind: 'unclear',
    profiles: ['zookeeper', 'nifi'],
    why: 'port 3888 listens, which zookeeper uses; ports 8443 and 11443 listen, which nifi uses',
  });
  const apart = recogniseListeners([on([2181, 3888]), on([2379, 2380])]);
  assert.equal(apart.kind, 'unclear');
});

test('members that show the same system, or nothing, are of one system', () => {
  assert.deepEqual(
    recogniseListeners([on([2181, 3888]), on([]), on([2181, 2888, 3888])]),
    known('zookeeper', 'ports 2181, 2888 and 3888 listen'),
  );
});

test('a port that other programs use too is no proof', () => {
  assert.deepEqual(recogniseListeners([on([4369])]), {
    kind: 'unclear',
    profiles: ['rabbitmq'],
    why: 'port 4369 listens, which is not enough to recognize the system',
  });
  assert.equal(recogniseListeners([on([9092, 9093])]).kind, 'unclear');
  assert.deepEqual(recogniseListeners([on([22, 80])]), { kind: 'nothing' });
  assert.deepEqual(recogniseListeners([]), { kind: 'nothing' });
});

test('other ports by role count in the place of the usual ones', () => {
  const moved = new Map([
    ['client', [2479]],
    ['peer', [2480]],
  ]);
  assert.deepEqual(
    recogniseListeners([on([2479, 2480])], moved),
    known('etcd', 'ports 2479 and 2480 listen'),
  );
  assert.deepEqual(recogniseListeners([on([2379, 2380])], moved), { kind: 'nothing' });
});

test('ports of no known owner count for each owner, in whatever order', () => {
  const listener = (port: number, owner: Owner) => ({ local: { address: '*', port }, owner });
  const rows = [
    listener(9042, SERVER),
    listener(7001, { kind: 'unknown' }),
    listener(9142, OTHER),
    listener(3888, SERVER),
  ];
  const found = recogniseListeners([rows]);
  assert.equal(
    found.kind === 'unclear' && found.why,
    'port 3888 listens, which zookeeper uses; ports 7001, 9042 and 9142 listen, which cassandra uses',
  );
  assert.deepEqual(recogniseListeners([rows.toReversed()]), found);
});

test('whatever listens, what is known has a sign whose ports are open, and an order of rows changes nothing', () => {
  const port = fc.constantFrom(...TELLING_PORTS, 22, 15_021);
  const owner = fc.constantFrom<Owner>(SERVER, OTHER, { kind: 'unknown' });
  const row = fc.record({ local: fc.record({ address: fc.constant('*'), port }), owner });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
      const found = recogniseListeners([rows]);
      assert.deepEqual(recogniseListeners([[...rows].reverse()]), found);
      if (found.kind !== 'known') return;
      const open = new Set(rows.map(({ local }) => local.port));
      const { ports = [] } = PROFILES.get(found.name) ?? {};
      const signs = SIGNS.get(found.name) ?? [];
      assert.ok(
        signs.some(
          ({ roles, also = [] }) =>
            also.every((one) => open.has(one)) &&
            roles.every((role) =>
              ports.find((spec) => spec.role === role)?.ports.some((one) => open.has(one)),
            ),
        ),
      );
    }),
  );
});
