import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { profileYaml } from '../../src/commands/profile-yaml.ts';
import { Problem } from '../../src/config/problem.ts';
import { readProfileFile } from '../../src/config/profile-file.ts';
import { profileJsonSchema } from '../../src/config/profile-schema.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { invoke } from './invocation.ts';

const validate = new Ajv2020({ allErrors: true }).compile(profileJsonSchema() as object);

for (const [name, profile] of PROFILES) {
  test(`${name}, printed and read again, is the same profile`, () => {
    const text = profileYaml(profile);
    assert.deepEqual(readProfileFile('own.yaml', text), profile);
    assert.match(text, /--profile-file/);
  });

  test(`${name} meets the schema that ships`, () => {
    assert.equal(validate(profile), true, JSON.stringify(validate.errors));
  });
}

for (const name of ['zookeeper', 'rabbitmq', 'etcd'] as const) {
  test(`a profile in the form of before is the same profile: ${name}`, () => {
    const file = new URL(`../fixtures/profiles/old-form-${name}.yaml`, import.meta.url);
    const read = readProfileFile('old.yaml', readFileSync(file, 'utf8'));
    const { advice, ...now } = PROFILES.get(name) ?? assert.fail(`no ${name}`);
    const { listenEverywhere, memberList, keepalive } = advice;
    assert.deepEqual(read, {
      ...{ ...now, ownWord: null, checkedAgainst: null },
      ports: now.ports.map((port) => ({ ...port, heartbeat: null })),
      advice: {
        ...{ listenEverywhere, memberList, keepalive, memberListChanges: null },
        ...{ resolvesNames: null, staleAddress: null, givesUp: null },
        withoutQuorum: 'Writes and consistent reads fail.',
      },
    });
  });
}

test('what is wrong in a profile in the form of before is named as well', () => {
  const file = new URL('../fixtures/profiles/old-form-etcd.yaml', import.meta.url);
  const text = readFileSync(file, 'utf8');
  for (const [before, after, refusal] of [
    [
      /perPair:\n +least: 1\n +usual: 2/,
      'perPair: null',
      'ports[1].links.perPair: write least: 1 and usual: 1 under it',
    ],
    [
      'links: mesh-both-ways',
      'links: both-ways',
      'ports[1].links.kind: write a kind: one of clients, hub, pairwise, short-lived',
    ],
  ] as const) {
    const changed = text.replace(before, after);
    assert.notEqual(changed, text);
    assert.throws(() => readProfileFile('old.yaml', changed), new Problem(`old.yaml: ${refusal}`));
  }
});

test('a file meets the schema that ships without the fields that have a default', () => {
  const { advice, ...etcd } = PROFILES.get('etcd') ?? assert.fail('no etcd');
  const { listenEverywhere, memberList, keepalive } = advice;
  const { ownWord: _, checkedAgainst: __, ...least } = etcd;
  const file = { ...least, advice: { listenEverywhere, memberList, keepalive } };
  assert.equal(validate(file), true, JSON.stringify(validate.errors));
  assert.equal(readProfileFile('own.yaml', JSON.stringify(file)).checkedAgainst, null);
});

test('a profile without ownWord is of a system that reports nothing on itself', () => {
  const text = ETCD.replace('ownWord: null\n', '');
  assert.notEqual(text, ETCD);
  assert.equal(readProfileFile('own.yaml', text).ownWord, null);
});

test('a server without a client port cannot be asked', () => {
  const text = profileYaml({
    ...(PROFILES.get('rabbitmq') ?? assert.fail('no rabbitmq')),
    ownWord: 'srvr',
  }).replace('kind: clients', 'kind: short-lived');
  assert.throws(
    () => readProfileFile('own.yaml', text),
    new Problem(
      'own.yaml: ownWord: srvr is asked on the client port, and no port has links of kind clients; write null',
    ),
  );
});

const ETCD = profileYaml(PROFILES.get('etcd') ?? assert.fail('no etcd'));
const ZOOKEEPER = profileYaml(PROFILES.get('zookeeper') ?? assert.fail('no zookeeper'));

/** A change to a good file, and the one line that it is refused with. */
const REFUSALS: readonly (readonly [string, string | RegExp, string, string])[] = [
  [
    ETCD,
    'name: etcd',
    'name: Etcd',
    'name: write small letters, digits and dashes, a letter first',
  ],
  [ETCD, 'title: etcd', 'title: 7', 'title: write a text'],
  [ETCD, 'title: etcd\n', '', 'title: write a text'],
  [ETCD, '- 2380', '- 23800000', 'ports[1].ports[0]: write a port from 1 to 65535'],
  [ETCD, '- 2380', '- peer', 'ports[1].ports[0]: write a port number'],
  [ETCD, '- 2380', '- 2379', 'port 2379 cannot be both client and peer; give each role its own'],
  [
    ETCD,
    'kind: pairwise',
    'kind: mash',
    'ports[1].links.kind: write a kind: one of clients, hub, pairwise, short-lived',
  ],
  [
    ETCD,
    /kind: pairwise\n +bothWays: true/,
    'kind: hub',
    'quorum.port: the links of peer are hub; a quorum of kind pairwise needs pairwise',
  ],
  [
    ETCD,
    'listens: every-member',
    'listens: all',
    'ports[0].listens: write one of every-member, voters, leader, optional',
  ],
  [
    ETCD,
    'kind: clients',
    '{ kind: clients, perPair: {least: 1, usual: 1} }',
    'ports[0].links has an unknown key "perPair"; remove it, or see "quorum-probe schema profile" for the keys',
  ],
  [
    ETCD,
    /perPair:\n +least: 1\n +usual: 2/,
    'perPair: null',
    'ports[1].links.perPair: write least: 1 and usual: 1 under it',
  ],
  [ETCD, 'ownWord: null', 'ownWord: ruok', 'ownWord: write one of srvr'],
  [ETCD, 'least: 1', 'least: 0', 'ports[1].links.perPair.least: write at least 1'],
  [
    ETCD,
    'least: 1',
    'least: 3',
    'ports[1].links.perPair: usual is below least; raise usual or lower least',
  ],
  [
    ETCD,
    'everyMs: 1667',
    'everyMs: 1667ms',
    'ports[1].heartbeat.everyMs: write a whole number of milliseconds',
  ],
  [ETCD, 'mayBeIdleCut: false', 'mayBeIdleCut: no', 'ports[1].mayBeIdleCut: write true or false'],
  [
    ETCD,
    /(?<=quorum:\n +)kind: pairwise/,
    'kind: star',
    'quorum has an unknown key "voters"; remove it, or see "quorum-probe schema profile" for the keys',
  ],
  [
    ETCD,
    /(?<=quorum:\n +)kind: pairwise/,
    'kind: ring',
    'quorum.kind: write a kind: one of hub, star, pairwise, gossip, none',
  ],
  [ETCD, 'port: peer', 'port: per', 'quorum.port: no port has the role "per"; did you mean peer?'],
  [ETCD, 'voters: fixed', 'voters: all', 'quorum.voters: write one of fixed, moving'],
  [ETCD, 'role: peer', 'role: client', 'ports: two have the role "client"; rename one'],
  [ETCD, 'title: client port', 'titel: client port', 'ports[0].title: write a text'],
  [
    ETCD,
    'name: etcd',
    'name: etcd\nport: 4',
    'the profile has an unknown key "port"; remove it, or see "quorum-probe schema profile" for the keys',
  ],
  [
    ZOOKEEPER,
    'election: election',
    'election: client',
    'quorum.election: the links of client are clients; a quorum of kind hub needs pairwise',
  ],
  [
    ETCD,
    /^[\s\S]*$/,
    '- a list',
    'the profile: write a mapping with name, title, ports, quorum, advice and ready',
  ],
  [
    ETCD,
    'name: etcd',
    'name: etcd\nname: twice',
    'not valid YAML: Map keys must be unique at line 4, column 1',
  ],
];

for (const [good, part, replacement, complaint] of REFUSALS) {
  test(`refused: ${complaint}`, () => {
    const text = good.replace(part, replacement);
    assert.notEqual(text, good);
    assert.throws(
      () => readProfileFile('own.yaml', text),
      (error) => error instanceof Problem && error.message === `own.yaml: ${complaint}`,
    );
  });
}

test('a profile of the own file is used, its ports overridden by role', async () => {
  const invocation = await invoke({
    argv: ['scan', '--profile-file=own.yaml', '--ports=peer=2480'],
    file: ETCD.replace('name: etcd', 'name: my-etcd'),
  });
  assert.equal(invocation.kind, 'scan');
  if (invocation.kind !== 'scan') return;
  const { profile } = invocation.settings.judge;
  assert.equal(profile.name, 'my-etcd');
  assert.deepEqual(
    profile.ports.map(({ ports }) => ports),
    [[2379], [2480]],
  );
});

test('a profile by name and one by file exclude each other; a flag outranks the environment', async () => {
  assert.deepEqual(
    await invoke({ argv: ['--profile=etcd', '--profile-file=own.yaml'], file: ETCD }),
    {
      kind: 'refused',
      problem: '--profile and --profile-file exclude each other; use one of them',
    },
  );
  const invocation = await invoke({
    argv: ['--profile=rabbitmq'],
    environment: { QUORUM_PROBE_PROFILE_FILE: 'own.yaml' },
    file: ETCD,
  });
  assert.equal(invocation.kind === 'serve' && invocation.settings.judge.profile.name, 'rabbitmq');
});

test('a profile file that cannot be read is told by its option', async () => {
  assert.deepEqual(await invoke({ argv: ['--profile-file=nowhere'] }), {
    kind: 'refused',
    problem: '--profile-file: cannot read "nowhere": there is no such file; name a YAML file',
  });
});
