import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inject } from '../../src/commands/inject/inject.ts';
import { HOLD_GRACE_SECONDS, holdHook, PORT } from '../../src/commands/inject/sidecar.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { MARKS } from '../../src/profiles/marks.ts';
import { containerNamed, environmentOf, statefulSetOf } from '../deploy/manifest.ts';
import { manifestsIn } from '../deploy/render.ts';
import { fixture, injected } from './fixtures.ts';

/** A run of the command with this text as its input. */
async function run(text: string | Uint8Array, words: readonly string[] = []) {
  let out = '';
  let error = '';
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const exitCode = await inject(words, {
    out: (more) => {
      out += more;
    },
    error: (more) => {
      error += more;
    },
    readText: (path) =>
      path.endsWith('kustomization.yaml')
        ? Promise.resolve('nameSuffix: -blue\n')
        : Promise.reject(new Error('none')),
    readBytes: () => Promise.resolve(bytes),
  });
  return { exitCode, out, error };
}

const SET = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: any
spec:
  serviceName: any
  template:
    metadata:
      labels:
        app: any
    spec:
      containers:
`;

/** A set with one container whose fields these lines are. */
function setWith(...lines: string[]): string {
  return `${SET}        - name: server\n${lines.map((line) => `          ${line}\n`).join('')}`;
}

const KNOWN: readonly (readonly [string, string])[] = [
  ['zookeeper', 'image: docker.io/library/zookeeper:3.9'],
  ['zookeeper', 'image: confluentinc/cp-zookeeper:7.6.0'],
  ['zookeeper', 'command: [bash, -c, "exec zkServer.sh start-foreground"]'],
  ['zookeeper', 'ports: [{containerPort: 2181}, {containerPort: 2888}, {containerPort: 3888}]'],
  ['etcd', 'image: quay.io/coreos/etcd:v3.5.15'],
  ['etcd', 'command: [/bin/sh, -ec, "exec etcd --name $HOSTNAME"]'],
  ['etcd', 'ports: [{containerPort: 2379}, {containerPort: 2380}]'],
  ['kafka-kraft', 'env: [{name: KAFKA_PROCESS_ROLES, value: "broker,controller"}]'],
  ['rabbitmq', 'image: rabbitmq:4-management-alpine@sha256:abc'],
  ['cassandra', 'image: registry.example.com:5000/cassandra'],
  ['elasticsearch', 'image: docker.elastic.co/elasticsearch/elasticsearch:8.19.0'],
  ['redis-cluster', 'args: ["redis-server", "--cluster-enabled", "yes"]'],
  ['redis-cluster', 'image: bitnami/redis-cluster:7.2'],
  ['redis-sentinel', 'command: ["redis-sentinel", "/etc/sentinel.conf"]'],
  ['redis-sentinel', 'ports: [{containerPort: 26379}]'],
  ['nifi', 'image: apache/nifi:2.0.0'],
  ['opensearch', 'image: opensearchproject/opensearch:2.19.0'],
  ['nats', 'image: nats:2.12-alpine'],
  ['nats', 'ports: [{containerPort: 4222}, {containerPort: 6222}]'],
  ['hazelcast', 'image: hazelcast/hazelcast:5.7.0'],
  ['hazelcast', 'env: [{name: HZ_CLUSTERNAME, value: dev}]'],
  ['clickhouse-keeper', 'image: clickhouse/clickhouse-keeper:26.3-alpine'],
  ['clickhouse-keeper', 'ports: [{containerPort: 9181}, {containerPort: 9234}]'],
  ['redis-cluster', 'image: bitnami/valkey-cluster:9.1'],
  ['redis-sentinel', 'command: ["valkey-server", "/etc/sentinel.conf", "--sentinel"]'],
  ['galera', 'image: bitnami/mariadb-galera:11.4'],
  ['galera', 'args: ["--wsrep-cluster-address=gcomm://a,b,c"]'],
  [
    'consul',
    'image: hashicorp/consul:1.21\n          args: ["agent", "-server", "-bootstrap-expect=3"]',
  ],
  [
    'vault',
    'image: hashicorp/vault:1.20\n          args: ["server"]\n          ports: [{containerPort: 8200}, {containerPort: 8201}]',
  ],
];

for (const [profile, line] of KNOWN) {
  test(`a container with ${line} is known as ${profile}`, () => {
    const { text } = injected(setWith(line));
    const [set] = manifestsIn(text);
    assert.match(text, new RegExp(`value: ${profile}\\n`));
    assert.equal(set?.kind, 'StatefulSet');
  });
}

for (const name of ['consul', 'vault', 'clickhouse-keeper']) {
  test(`${name} is unproven: it may be observed, and a gate is refused`, () => {
    const set = setWith('image: registry.example.com/server');
    assert.match(
      injected(set, '--statefulset=any', `--profile=${name}`).text,
      /name: quorum-probe/,
    );
    assert.throws(
      () => injected(set, '--statefulset=any', `--profile=${name}`, '--gate'),
      new RegExp(`--gate: the profile ${name} is unproven.*leave out --gate`),
    );
  });
}

test('every profile has marks by which its system is known', () => {
  assert.deepEqual(new Set(MARKS.keys()), new Set(PROFILES.keys()));
});

for (const line of [
  'image: bitnami/zookeeper-exporter:1',
  'image: redis:7',
  'image: oliver006/redis_exporter:v1',
  'image: provectuslabs/kafka-ui',
  'image: quay.io/prometheus/alertmanager\n          ports: [{containerPort: 9093}]',
  'env: [{name: KAFKA_PROCESS_ROLES, value: broker}]',
  'image: hashicorp/consul:1.21\n          args: [agent]',
  'image: natsio/nats-box',
]) {
  test(`a container with ${line} is left as it is`, () => {
    const { text, report } = injected(setWith(line));
    assert.equal(text, setWith(line));
    assert.match(report.join('\n'), /unchanged: .*known system; choose with --statefulset=any/);
  });
}

test('with --profile auto, a set is known as without, and one that could be of two systems is an error', () => {
  const set = setWith('image: zookeeper');
  assert.deepEqual(injected(set, '--profile=auto'), injected(set));
  assert.match(injected(set, '--profile=auto').report.join('\n'), /zookeeper \(image zookeeper\)/);
  assert.throws(
    () => injected(setWith('image: zookeeper', 'command: [redis-sentinel]'), '--profile=auto'),
    /StatefulSet any: it could be zookeeper or redis-sentinel; choose with --statefulset=any/,
  );
  const others = fixture('redis.yaml');
  assert.equal(injected(others, '--profile=auto').text, injected(others).text);
});

test('a set that could be of two systems is left as it is until somebody says which', () => {
  const both = setWith('image: zookeeper', 'command: [redis-sentinel]');
  assert.match(injected(both).report.join('\n'), /zookeeper or redis-sentinel/);
  assert.match(injected(both, '--profile=zookeeper').text, /value: zookeeper/);
});

test('members follow from the service, the replicas and the first ordinal', () => {
  const kafka = fixture('kafka-controllers.yaml');
  const { text } = injected(kafka, '--statefulset=kafka-controller');
  const [, set] = manifestsIn(text);
  assert.ok(set);
  const env = environmentOf(containerNamed(statefulSetOf([{ ...set }]), 'quorum-probe'));
  assert.equal(env['QUORUM_PROBE_SERVICE'], 'kafka-controller-headless.$(POD_NAMESPACE)');
  assert.equal(env['QUORUM_PROBE_REPLICAS'], '3');
  assert.equal(env['QUORUM_PROBE_FIRST_ORDINAL'], '100');
  assert.equal(env['QUORUM_PROBE_BOOTSTRAP'], undefined, 'it only watches');
});

test('without a service name the probe takes the service from its hosts file', () => {
  const { text } = injected(fixture('by-ports.yaml'));
  assert.doesNotMatch(text, /QUORUM_PROBE_SERVICE/);
  assert.match(text, /QUORUM_PROBE_REPLICAS/);
});

test('a gate asks the server where its system answers, and nothing elsewhere', () => {
  const of = (image: string, ...words: string[]) =>
    /QUORUM_PROBE_ASK\n +value: (.*)/.exec(
      injected(setWith(`image: ${image}`), ...words).text,
    )?.[1];
  assert.equal(of('zookeeper'), undefined);
  assert.equal(of('zookeeper', '--gate'), 'srvr');
  assert.equal(of('zookeeper', '--gate', '--ask=peers'), 'peers');
  assert.equal(of('etcd', '--gate'), undefined);
  assert.equal(of('etcd', '--ask=srvr,peers'), 'peers');
});

const withReplicas = (text: string) => text.replace('spec:\n', 'spec:\n  replicas: 3\n');

test('a hold gives the server a hook and time, and has the probe ask the others', () => {
  const held = (text: string, ...words: string[]) => {
    const set = statefulSetOf(manifestsIn(withReplicas(injected(text, '--hold', ...words).text)));
    const { spec } = set.spec.template;
    const probe = containerNamed(set, 'quorum-probe');
    const hooks = spec.containers.map(({ name, ...one }) => [name, one['lifecycle'] ?? null]);
    return { hooks, probe, graceSeconds: spec['terminationGracePeriodSeconds'] };
  };
  const hook = { preStop: holdHook(PORT) };
  const both = `${SET}        - name: metrics\n          image: any\n${setWith('image: zookeeper').slice(SET.length)}`;
  const ordinary = held(both);
  assert.deepEqual(ordinary.hooks, [
    ['metrics', null],
    ['server', hook],
    ['quorum-probe', hook],
  ]);
  assert.equal(ordinary.graceSeconds, HOLD_GRACE_SECONDS);
  assert.equal(environmentOf(ordinary.probe)['QUORUM_PROBE_ASK'], 'peers');
  const native = held(both, '--native-sidecar', '--gate');
  assert.deepEqual(native.hooks.slice(1), [['server', hook]]);
  assert.equal(native.probe['lifecycle'], undefined);
  assert.equal(environmentOf(native.probe)['QUORUM_PROBE_ASK'], 'srvr,peers');
  const longer = both.replace(
    '    spec:\n',
    '    spec:\n      terminationGracePeriodSeconds: 300\n',
  );
  assert.equal(held(longer).graceSeconds, 300);
});

test('a hold keeps the other hooks that a server has, and reports one that it cannot add to', () => {
  const started = setWith('image: zookeeper', 'lifecycle:', '  postStart: {exec: {command: [a]}}');
  const { text } = injected(started, '--hold', '--native-sidecar');
  const [server] = statefulSetOf(manifestsIn(withReplicas(text))).spec.template.spec.containers;
  assert.deepEqual(server?.['lifecycle'], {
    postStart: { exec: { command: ['a'] } },
    preStop: holdHook(PORT),
  });
  assert.equal(injected(text, '--remove').text, started);
  const stopped = setWith('image: zookeeper', 'lifecycle:', '  preStop: {exec: {command: [a]}}');
  const left = injected(stopped, '--hold', '--native-sidecar');
  assert.match(left.report.join('\n'), /container server has a preStop hook of its own/);
  assert.match(left.text, /preStop: {exec: {command: \[a\]}}/);
  assert.equal(injected(left.text, '--remove').text, stopped);
});

test('keys without a value that a hold fills are without one again after --remove', () => {
  const server = setWith('image: zookeeper', 'lifecycle:');
  const bare = server.replace('    spec:\n', '    spec:\n      terminationGracePeriodSeconds:\n');
  const { text } = injected(bare, '--hold');
  assert.match(text, /terminationGracePeriodSeconds:\n +90\n/);
  assert.equal(injected(text, '--hold').text, text);
  assert.equal(injected(text, '--remove').text, bare);
});

const ADVICE: readonly (readonly [string, string, RegExp, ...string[]])[] = [
  [
    'no publishNotReadyAddresses',
    'kafka-controllers.yaml',
    /Service kafka-controller-headless should have publishNotReadyAddresses: true/,
  ],
  ['a service that is not there', 'redis.yaml', /Service redis-headless is not in the input/],
  [
    'a policy that a gate changes',
    'zookeeper-chart.yaml',
    /podManagementPolicy is now Parallel, .*--cascade=orphan/,
    '--gate',
  ],
  ['a name prefix', 'kustomize-input.yaml', /namePrefix: prod-/],
  ['the network of the host', 'rabbitmq-operator.yaml', /hostNetwork: true/],
  [
    "another container on the probe's port",
    'rabbitmq-operator.yaml',
    /container rabbitmq also declares port 4888/,
  ],
  ['containers of one uid', 'kafka-controllers.yaml', /kafka, jmx-exporter all run as uid 1001/],
  [
    "a server with the probe's uid",
    'by-ports.yaml',
    /container server runs as uid 65532, like the probe/,
  ],
  ['no service name', 'by-ports.yaml', /no serviceName/],
  ['an image without a registry', 'by-ports.yaml', /has no registry/],
];

for (const [what, name, expected, ...words] of ADVICE) {
  test(`the report names ${what}`, () => {
    assert.match(injected(fixture(name), ...words).report.join('\n'), expected);
  });
}

test('a set in good order gets no advice', () => {
  const { report } = injected(fixture('zookeeper-chart.yaml'), '--image=r/q:1');
  assert.equal(report.length, 1, report.join('\n'));
});

test("the kustomization in the file's folder is read for what it does to names", async () => {
  const { error } = await run(setWith('image: zookeeper'), ['set.yaml']);
  assert.match(error, /nameSuffix: -blue/);
  assert.doesNotMatch((await run(setWith('image: zookeeper'))).error, /nameSuffix/);
});

test('a probe that somebody else put there is left as it is, by injecting and by --remove', () => {
  const own = setWith('image: zookeeper').concat('        - {name: quorum-probe, image: x}\n');
  const { text, report } = injected(own);
  assert.equal(text, own);
  assert.match(report.join('\n'), /a probe that inject did not add/);
  assert.equal(injected(own, '--remove').text, own);
});

test('a second injection for another system replaces the first probe, and says so', () => {
  const once = injected(setWith('image: apache/nifi:2.0.0'));
  assert.doesNotMatch(once.report.join('\n'), /replaced/);
  const twice = injected(once.text, '--profile=zookeeper');
  assert.match(
    twice.report.join('\n'),
    /StatefulSet any: the probe with profile nifi was replaced; for a second probe in the pod see deploy\/PROFILES\.md/,
  );
  assert.equal(
    twice.text.match(/name: quorum-probe$/gm)?.length,
    once.text.match(/name: quorum-probe$/gm)?.length,
  );
  assert.doesNotMatch(twice.text, /value: nifi$/m);
  assert.doesNotMatch(injected(once.text).report.join('\n'), /replaced/);
});

test('a set that was injected with --profile keeps it without', () => {
  const once = injected(setWith('image: store'), '--profile=etcd').text;
  assert.equal(injected(once).text, once);
});

test('text without a StatefulSet passes through', async () => {
  for (const text of ['', '\n', '# nothing\n', '---\n---\n', 'a: 1\n', '[1, 2]', '--- "x"']) {
    const { exitCode, out, error } = await run(text);
    assert.deepEqual([exitCode, out], [0, text]);
    assert.match(error, /no StatefulSet in standard input was changed/);
  }
});

const REFUSED: readonly (readonly [string, string | Uint8Array, readonly string[], RegExp])[] = [
  ['YAML that is none', 'a: [1', [], /is not YAML or JSON: .*line 1/],
  [
    'a template',
    '{{ if .Values.x }}\na: 1\n{{ end }}\n',
    [],
    /not YAML or JSON.*rendered manifests/,
  ],
  ['two JSON texts', '{"a":1}\n{"b":2}\n', [], /not YAML or JSON/],
  ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe, 0x61, 0]), [], /is not UTF-8/],
  [
    'a bomb of aliases',
    `a: &a [${'x,'.repeat(20)}]\n${'bcdefgh'
      .split('')
      .map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(20)}]\n`)
      .join('')}`,
    [],
    /cannot be read/,
  ],
  ['an unknown set', 'a: 1', ['--statefulset=zk'], /has no StatefulSet zk/],
  ['a named set of no known system', setWith('image: x'), ['--statefulset=any'], /choose with/],
  [
    '--profile for several sets',
    fixture('redis.yaml'),
    ['--profile=etcd'],
    /has 3 StatefulSets; name the one/,
  ],
  ['an unknown profile', 'a: 1', ['--profile=zoo'], /--profile: "zoo" is not a built-in profile/],
  [
    'an unknown option',
    'a: 1',
    ['--gated'],
    /unknown option "--gated" of inject; did you mean --gate/,
  ],
  ['an unknown word to ask', 'a: 1', ['--ask=ruok'], /--ask: "ruok" is unknown/],
  ['an image that is none', 'a: 1', ['--image=a b'], /is not an image/],
  ['a forgotten value', 'a: 1', ['--image', '--gate'], /--image needs a value/],
  ['an option twice', 'a: 1', ['--gate', '--gate'], /given twice/],
  ['--remove with more', 'a: 1', ['--remove', '--gate'], /--gate has no effect with --remove/],
  ['two files', 'a: 1', ['a', 'b'], /unexpected argument "b"/],
  [
    'an annotation that somebody changed',
    injected(setWith('image: zookeeper')).text.replace("'{", "'x{"),
    ['--remove'],
    /annotation quorum-probe\/injected is not as inject wrote it/,
  ],
  [
    'containers by an alias',
    setWith('image: zookeeper')
      .replace('containers:\n', 'x: &c\n')
      .concat('      containers: *c\n'),
    [],
    /containers is an alias; write it out/,
  ],
  [
    'labels that an alias shares',
    setWith('image: zookeeper').replace('labels:', 'labels: &l').concat('  other: *l\n'),
    [],
    /reach more than the probe/,
  ],
];

for (const [what, text, words, expected] of REFUSED) {
  test(`${what}: one line, exit code 2 and nothing on standard output`, async () => {
    const { exitCode, out, error } = await run(text, words);
    assert.equal(exitCode, 2, error);
    assert.equal(out, '');
    assert.match(error, /^quorum-probe: [^\n]+\n$/);
    assert.match(error, expected);
  });
}
