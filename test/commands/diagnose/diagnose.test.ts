import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { diagnosisSchema } from '../../../src/model/diagnosis-schema.ts';
import { ADDRESSES, CAPTURES } from '../captures.ts';
import {
  type Cluster,
  captured,
  edgesOn,
  pod,
  type RecordedPod,
  run,
  runWith,
  scratch,
  service,
  statefulSet,
} from './recorded.ts';

const TARGET = 'statefulset/zookeeper';
const healthy = (): Cluster => captured('none-basic', 'healthy', 'healthy');

/** The cluster with one pod's answers changed. */
function withPod(cluster: Cluster, name: string, change: Partial<RecordedPod>): Cluster {
  const before = cluster.pods[name];
  assert.ok(before);
  return { ...cluster, pods: { ...cluster.pods, [name]: { ...before, ...change } } };
}

function withObjects(cluster: Cluster, objects: Cluster['objects']): Cluster {
  return { ...cluster, objects: { ...cluster.objects, ...objects } };
}

/** What the first line says of each captured fault, and the exit code. */
const FAULTS: readonly (readonly [string, string, string, string, number, RegExp])[] = [
  ['a healthy ensemble', 'none-basic', 'healthy', 'healthy', 0, /^HEALTHY {2}3 of 3/],
  ['one behind a mesh', 'passthrough-basic', 'healthy', 'healthy', 0, /^HEALTHY {2}3 of 3/],
  [
    'a member that is cut off',
    'none-cut-follower',
    'cut-8',
    'cut-late',
    1,
    /^NOT HEALTHY {2}2 of 3.*; zookeeper-0 is partitioned from both/,
  ],
  [
    'the first seconds of a cut',
    'none-cut-follower',
    'cut-8',
    'cut-10',
    1,
    /^NOT HEALTHY .*; what zookeeper-2 sends does not reach zookeeper-0$/,
  ],
  ['a hung follower', 'none-hung', 'stopped-1', 'stopped-3', 1, /; zookeeper-0 hangs$/],
  ['a hung follower, given up', 'none-hung', 'stopped-4', 'stopped-6', 1, /; zookeeper-0 hangs$/],
  [
    'two that are killed',
    'none-basic',
    'two-down-3',
    'two-down-12',
    1,
    /^NOT HEALTHY {2}No quorum: .*; zookeeper-1 and zookeeper-2 do not run$/,
  ],
  [
    'a mesh that delivers to loopback',
    'loopback-podip',
    '6s',
    '16s',
    1,
    /^NOT HEALTHY {2}No quorum: .*; the mesh delivers peer traffic to loopback on zookeeper-0, zookeeper-1 and zookeeper-2$/,
  ],
];

for (const [title, scenario, first, second, code, line] of FAULTS) {
  test(`the first line is right for ${title}`, async () => {
    const ran = await run(captured(scenario, first, second), [TARGET]);
    assert.match(ran.first, line);
    assert.equal(ran.code, code, ran.out);
    assert.equal(ran.error, '');
    const { out } = await run(captured(scenario, first, second), [TARGET, '--json']);
    const { health, ensemble } = diagnosisSchema.parse(JSON.parse(out));
    assert.equal(health, code === 0 ? 'healthy' : 'not-healthy');
    assert.equal(ensemble?.members.length, 3);
  });
}

test('behind a mesh the ends of connections are never compared', async () => {
  const moments: readonly (readonly [string, string, string])[] = [
    ['passthrough-idle', 'links-cut', 'links-cut'],
    ['passthrough-basic', 'healthy', 'follower-down-3s'],
    ['passthrough-basic', 'follower-down-3s', 'follower-back'],
    ['passthrough-basic', 'leader-down-1', 'leader-down-4'],
    ['loopback-podip', '6s', '16s'],
  ];
  for (const moment of moments) {
    const { out } = await run(captured(...moment), [TARGET, '--json']);
    const { mesh, paths, causes } = diagnosisSchema.parse(JSON.parse(out));
    assert.equal(mesh, 'istio-sidecar');
    for (const { kind, reason } of paths) {
      assert.equal(kind, 'unknown', moment.join(' '));
      assert.match(reason, /is behind a mesh proxy, which changes four-tuples/);
    }
    const compared = ['half-open', 'one-way-loss', 'partition'];
    assert.deepEqual(
      causes.filter(({ code }) => compared.includes(code)),
      [],
    );
  }
});

test('short output is the first line alone, and JSON holds the same words', async () => {
  const cluster = captured('none-basic', 'two-down-3', 'two-down-12');
  const short = await run(cluster, [TARGET, '-o', 'short']);
  assert.equal(short.out, `${short.first}\n`);
  const { out } = await run(cluster, [TARGET, '--json']);
  const parsed = diagnosisSchema.parse(JSON.parse(out));
  assert.equal(short.first, `NOT HEALTHY  ${parsed.summary}`);
});

test('flags for the cluster go with every call of kubectl', async () => {
  const { calls } = await run(healthy(), [
    TARGET,
    '-n',
    'zk',
    '--context=prod',
    '--kubeconfig',
    'x',
  ]);
  assert.ok(calls.length > 10);
  for (const line of calls) {
    assert.match(line, /--context=prod --kubeconfig=x --namespace=zk/);
  }
});

test('pods by label and by name are the same ensemble, whose StatefulSet gives its size', async () => {
  for (const words of [
    ['-l', 'app=zookeeper'],
    ['zookeeper-0', 'pod/zookeeper-1', 'zookeeper-2'],
  ]) {
    const { code, first } = await run(healthy(), words);
    assert.equal(code, 0, first);
  }
});

test('a pod that cannot be read leaves a healthy ensemble untold', async () => {
  const forbidden =
    'Error from server (Forbidden): pods "zookeeper-1" is forbidden: User "x" cannot create resource "pods/exec"';
  const { code, first, out } = await run(withPod(healthy(), 'zookeeper-1', { exec: forbidden }), [
    TARGET,
  ]);
  assert.equal(code, 2);
  assert.match(
    first,
    /^UNKNOWN .*; zookeeper-1 could not be read, as kubectl exec is forbidden: ask for the right to create pods\/exec$/,
  );
  assert.match(
    out,
    /- zookeeper-1 could not be read: container zookeeper: pods "zookeeper-1" is forbidden/,
  );
});

test('a container without cat is passed over for another one of the pod', async () => {
  const two = {
    spec: {
      containers: [
        { name: 'zookeeper', image: 'zookeeper:3.9' },
        { name: 'metrics', image: 'exporter:1' },
      ],
    },
  };
  const pods = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'].map((name, at) =>
    pod(name, ADDRESSES[at] ?? '', two),
  );
  const cluster = withPod(withObjects(healthy(), { pods }), 'zookeeper-1', {
    containers: ['metrics'],
  });
  const { code, out } = await run(cluster, [TARGET]);
  assert.equal(code, 0, out);
  assert.match(out, /zookeeper-1 .* metrics /);
});

test('a pod that Kubernetes does not have is down, and one that is expected and absent too', async () => {
  const cluster = captured('none-basic', 'follower-down-3s', 'follower-down-3s');
  const pods = [1, 2].map((at) => pod(`zookeeper-${at}`, ADDRESSES[at] ?? ''));
  const { code, first } = await run(withObjects(cluster, { pods }), [TARGET]);
  assert.equal(code, 1);
  assert.match(first, /; zookeeper-0 does not run$/);
});

test('an ensemble whose size nobody says is never healthy, and --ensemble-size says it', async () => {
  const forbidden = 'Error from server (Forbidden): statefulsets.apps "zookeeper" is forbidden';
  const cluster = withObjects(healthy(), { statefulset: forbidden });
  const unknown = await run(cluster, [TARGET]);
  assert.equal(unknown.code, 2, unknown.out);
  assert.match(unknown.first, /^UNKNOWN .*the number of members is unknown; give --ensemble-size$/);
  assert.match(unknown.out, /- the StatefulSet cannot be read: .*forbidden/);
  const told = await run(cluster, [TARGET, '--ensemble-size=3']);
  assert.equal(told.code, 0, told.out);
  const fewer = await run(cluster, [TARGET, '--ensemble-size=5']);
  assert.notEqual(fewer.code, 0);
});

test('each missing right of the surroundings is one line, and changes nothing else', async () => {
  const forbidden = (kind: string) =>
    `Error from server (Forbidden): ${kind} is forbidden: User "x"`;
  const { code, out } = await run(
    withObjects(healthy(), {
      services: forbidden('services'),
      poddisruptionbudgets: forbidden('poddisruptionbudgets.policy'),
    }),
    [TARGET],
  );
  assert.equal(code, 0);
  assert.match(out, /^- services cannot be read: services is forbidden: User "x"$/m);
  assert.match(out, /^- poddisruptionbudgets cannot be read: .*forbidden/m);
});

test('names that no pod has are the cause where nobody is in a quorum', async () => {
  const alone = captured('none-basic', 'two-down-12', 'two-down-12');
  // Three members of which each sees no other: the survivor of two, three times.
  const survivor = join(CAPTURES, 'none-basic/two-down-12/0');
  const names = { ZOO_SERVERS: 'server.1=zookeeper-0.zk-typo:2888:3888;2181' };
  const env = Object.entries(names).map(([name, value]) => ({ name, value }));
  const cluster = withObjects(alone, {
    statefulset: [statefulSet(1)],
    pods: [
      pod('zookeeper-0', '10.96.8.10', {
        spec: { containers: [{ name: 'zookeeper', image: 'zookeeper:3.9', env }] },
      }),
    ],
  });
  const { code, out } = await run(withPod(cluster, 'zookeeper-0', { reads: [survivor] }), [
    TARGET,
    '--ensemble-size=3',
  ]);
  assert.equal(code, 1);
  assert.match(out, /zookeeper-0\.zk-typo: its service is zookeeper-headless, not zk-typo/);
  assert.match(
    out,
    /^NOT HEALTHY .*; the configuration names zookeeper-0\.zk-typo, which is not a member here/,
  );
});

test('a service that does not publish a member is told, and a policy that refuses one without a sidecar', async () => {
  const slice = (addresses: readonly string[]) => ({
    kind: 'EndpointSlice',
    metadata: { name: 'x', labels: { 'kubernetes.io/service-name': 'zookeeper-headless' } },
    endpoints: [{ addresses }],
  });
  const two = withObjects(healthy(), { endpointslices: [slice(ADDRESSES.slice(0, 2))] });
  const { code, first, out } = await run(two, [TARGET]);
  assert.match(out, /zookeeper-2: 10\.96\.7\.10 is not an endpoint of zookeeper-headless/);
  // It is well all the same, and the first line says that alone.
  assert.equal(code, 0);
  assert.match(first, /^HEALTHY {2}3 of 3 voters in quorum; it survives one failure$/);
  const all = withObjects(healthy(), { endpointslices: [slice(ADDRESSES)] });
  assert.doesNotMatch((await run(all, [TARGET])).out, /is not an endpoint/);
  const sidecar = [
    { name: 'zookeeper', image: 'zookeeper:3.9' },
    { name: 'istio-proxy', image: 'istio/proxyv2:1.24' },
  ];
  const pods = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'].map((name, at) =>
    pod(name, ADDRESSES[at] ?? '', at === 0 ? {} : { spec: { containers: sidecar } }),
  );
  const strict = {
    kind: 'PeerAuthentication',
    metadata: { name: 'default' },
    spec: { mtls: { mode: 'STRICT' } },
  };
  const mixed = withObjects(healthy(), { pods, peerauthentications: [strict] });
  assert.match(
    (await run(mixed, [TARGET])).out,
    /default demands mutual TLS, and zookeeper-0 has no sidecar/,
  );
});

test('pods whose containers do not run are down, by the word of Kubernetes', async () => {
  const gone =
    'error: Internal error occurred: unable to upgrade connection: container not found ("zookeeper")';
  const cluster = captured('none-basic', 'two-down-12', 'two-down-12');
  const both = withPod(withPod(cluster, 'zookeeper-1', { exec: gone }), 'zookeeper-2', {
    exec: gone,
  });
  const { code, first } = await run(both, [TARGET]);
  assert.equal(code, 1);
  assert.match(first, /^NOT HEALTHY .*; zookeeper-1 and zookeeper-2 do not run$/);
});

test('a pod in which nothing has a socket is one whose server does not run', async (t) => {
  const empty = scratch(t);
  mkdirSync(join(empty, 'net'));
  const heading = readFileSync(join(CAPTURES, 'none-basic/healthy/0/net/tcp'), 'utf8').split(
    '\n',
  )[0];
  writeFileSync(join(empty, 'net/tcp'), `${heading}\n`);
  cpSync(join(CAPTURES, 'none-basic/healthy/0/net/snmp'), join(empty, 'net/snmp'));
  const cluster = captured('none-basic', 'follower-down-3s', 'follower-down-3s');
  const { code, first } = await run(withPod(cluster, 'zookeeper-0', { reads: [empty] }), [TARGET]);
  assert.equal(code, 1);
  assert.match(first, /; zookeeper-0 does not run$/);
});

test('a service that does not exist is told', async () => {
  const { out } = await run(withObjects(healthy(), { services: [] }), [TARGET]);
  assert.match(out, /names the service zookeeper-headless, and there is none/);
  const hiding = withObjects(healthy(), {
    services: [service({ publishNotReadyAddresses: false })],
  });
  assert.match((await run(hiding, [TARGET])).out, /service-hides-unready/);
});

test('another system than the given one is told and never judged', async () => {
  const { code, first } = await run(healthy(), [TARGET, '--profile=etcd']);
  assert.equal(code, 2);
  assert.match(
    first,
    /^UNKNOWN {2}nothing listens on the ports of etcd in any pod, .*--profile zookeeper$/,
  );
});

test('an unknown system is refused with what to do', async () => {
  const pods = [
    pod('zookeeper-0', '10.0.0.1', { spec: { containers: [{ name: 'a', image: 'b' }] } }),
  ];
  const { code, error, out } = await run(
    withObjects(healthy(), { statefulset: [statefulSet(1)], pods }),
    [TARGET],
  );
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.match(error, /^quorum-probe: the system is not known: .*; give --profile\n$/);
});

test('with --profile auto, the ports that listen show a system that no image or command names', async () => {
  const cluster = captured('none-basic', 'healthy', 'healthy');
  const unnamed = { containers: [{ name: 'zookeeper', image: 'registry.example.com/own:1' }] };
  const pods = ADDRESSES.slice(0, 3).map((address, at) =>
    pod(`zookeeper-${at}`, address, { spec: unnamed }),
  );
  const own = withObjects(cluster, { pods });
  assert.equal((await run(own, [TARGET])).code, 2);
  const { code, out } = await run(own, [TARGET, '--profile=auto', '--json']);
  assert.equal(code, 0, out);
  const diagnosis = diagnosisSchema.parse(JSON.parse(out));
  const by = 'ports 2181, 2888 and 3888 listen';
  assert.deepEqual(diagnosis.profile, { name: 'zookeeper', by });
});

test('with --profile auto, what the images say comes first, and pods that cannot be read show nothing', async () => {
  const { out } = await run(healthy(), [TARGET, '--profile=auto', '--json']);
  assert.match(out, /image docker\.io\/library\/zookeeper:3\.9/);
  const pods = [
    pod('zookeeper-0', '10.0.0.1', { spec: { containers: [{ name: 'a', image: 'b' }] } }),
  ];
  const blind = withPod(
    withObjects(healthy(), { statefulset: [statefulSet(1)], pods }),
    'zookeeper-0',
    { reads: [] },
  );
  const { code, error } = await run(blind, [TARGET, '--profile=auto']);
  assert.equal(code, 2);
  assert.match(
    error,
    /^quorum-probe: the system is not known: no pod's sockets can be read[^\n]*\n$/,
  );
});

test('bad usage is one line and exit code 2', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /needs a target: statefulset\/NAME/],
    [['deployment/x'], /"deployment\/x" is neither a StatefulSet nor a pod/],
    [['statefulset/x', '--wacth'], /unknown option "--wacth" of diagnose; did you mean --watch\?/],
    [['statefulset/x', 'statefulset/y'], /one StatefulSet is diagnosed at a time/],
    [['x', '-l', 'a=b'], /exclude each other/],
    [['x', '-o', 'yaml'], /-o: "yaml" is unknown; write table, json, short/],
    [['--from', 'x', '--save', 'y'], /--save has no effect with --from/],
    [['--from', '/nowhere'], /has no collection\.json that can be read \(ENOENT\)/],
    [['x', '--profile', 'zk'], /--profile: "zk" is not a built-in profile/],
    [['-n'], /-n needs a value; write --namespace=NAME/],
  ];
  for (const [words, line] of cases) {
    const { code, out, error } = await runWith(words);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(error, line);
    assert.equal(error.split('\n').length, 2);
  }
});

test('with --watch it diagnoses until it is stopped, also past a cluster that is away for a while', async () => {
  let rounds = 0;
  let stop: (() => void) | null = null;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const away = withObjects(healthy(), { statefulset: 'Unable to connect to the server: EOF' });
  const ran = await runWith(
    [TARGET, '--watch', '-o', 'short'],
    (flags) => {
      const here = edgesOn(healthy(), flags, []);
      const gone = edgesOn(away, flags, []);
      return {
        ...here,
        kubectl: {
          ...here.kubectl,
          run: (args, limits) => (rounds === 1 ? gone : here).kubectl.run(args, limits),
        },
        async delay(ms) {
          await here.delay(ms);
          if (ms < 5_000) return;
          rounds += 1;
          if (rounds === 3) stop?.();
          if (rounds === 3) await new Promise(() => {});
        },
      };
    },
    () => stopped,
  );
  assert.equal(ran.out.match(/HEALTHY/g)?.length, 2);
  assert.match(ran.error, /cannot be found: Unable to connect to the server: EOF/);
  assert.equal(ran.code, 0);
});

test('a machine without kubectl is told', async () => {
  const { code, error } = await runWith([TARGET]);
  assert.equal(code, 2);
  assert.match(error, /kubectl cannot be started \(ENOENT\); install kubectl/);
});

test('a saved folder gives the same diagnosis again, and its reads are folders for scan', async (t) => {
  const folder = join(scratch(t), 'saved');
  const cluster = captured('none-cut-follower', 'cut-8', 'cut-late');
  const live = await run(cluster, [TARGET, '--save', folder]);
  assert.match(live.error, /what was read is in /);
  const again = await runWith(['--from', folder]);
  assert.equal(again.out, live.out);
  assert.equal(again.code, 1);
  assert.ok(existsSync(join(folder, 'pods/zookeeper-0/read-2/net/tcp6')));
  const twice = await run(cluster, [TARGET, '--save', folder]);
  assert.equal(twice.code, 2);
  assert.match(twice.error, /is not empty; name a folder that is new or empty/);
});

test('where nobody runs by the word of Kubernetes, that is the answer', async () => {
  const cluster = healthy();
  const pods = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'].map((name) =>
    pod(name, '', {
      status: {
        phase: 'Pending',
        containerStatuses: [
          { name: 'zookeeper', state: { waiting: { reason: 'ImagePullBackOff' } } },
        ],
      },
    }),
  );
  const { code, first, out } = await run(withObjects(cluster, { pods }), [TARGET]);
  assert.equal(code, 1);
  assert.equal(
    first,
    'NOT HEALTHY  No member runs; Kubernetes says of zookeeper-0: Pending, zookeeper: ImagePullBackOff',
  );
  assert.match(out, /kubectl describe pod zookeeper-0/);
});

test('one that runs and cannot be read does not hide those that do not run', async () => {
  const gone =
    'error: Internal error occurred: unable to upgrade connection: container not found ("zookeeper")';
  const two = withPod(withPod(healthy(), 'zookeeper-1', { exec: gone }), 'zookeeper-2', {
    exec: gone,
  });
  const { code, first } = await run(withPod(two, 'zookeeper-0', { exec: 'error: EOF' }), [TARGET]);
  assert.equal(code, 1);
  assert.equal(
    first,
    'NOT HEALTHY  zookeeper-1 and zookeeper-2 do not run; no socket table could be read: zookeeper-0: container zookeeper: EOF',
  );
});

test('where the leader is lost, or too many are, the first line does not count what is left as a quorum', async () => {
  const cluster = captured('none-basic', 'healthy', 'healthy');
  const { out } = await run(cluster, [TARGET, '--json']);
  const [leader = ''] = diagnosisSchema.parse(JSON.parse(out)).ensemble?.leaders ?? [];
  const gone =
    'error: Internal error occurred: unable to upgrade connection: container not found ("zookeeper")';
  const without = await run(withPod(cluster, leader, { exec: gone }), [TARGET]);
  assert.match(
    without.first,
    new RegExp(
      `^NOT HEALTHY {2}2 of 3 voters are left and must elect a new leader; ${leader} does not run$`,
    ),
  );
  const others = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'].filter((name) => name !== leader);
  const both = others.reduce((before, name) => withPod(before, name, { exec: gone }), cluster);
  const alone = await run(both, [TARGET]);
  assert.match(
    alone.first,
    new RegExp(
      `^NOT HEALTHY {2}No quorum can hold: 1 of 3 voters is left, and 2 are needed; ${others.join(' and ')} do not run$`,
    ),
  );
});

test('what is missing of several members in the same way is one line', async () => {
  const forbidden =
    'Error from server (Forbidden): pods "NAME" is forbidden: User "x" cannot create resource "pods/exec"';
  const cluster = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'].reduce(
    (before, name) => withPod(before, name, { exec: forbidden.replace('NAME', name) }),
    healthy(),
  );
  const { out } = await run(cluster, [TARGET]);
  assert.match(
    out.replace(/\s+/g, ' '),
    /- zookeeper-0 could not be read: .* \(and likewise zookeeper-1 and zookeeper-2\)/,
  );
  assert.doesNotMatch(out, /^- zookeeper-1/m);
});
