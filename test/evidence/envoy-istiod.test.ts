import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { askEnvoy } from '../../src/evidence/envoy-admin.ts';
import type { EnvoyAnswer, EnvoyPort } from '../../src/model/evidence.ts';
import { envoyStandIn, type StandIn } from './envoy-stand-in.ts';

/** Pruned answers of a real Envoy that Istiod's own code (1.32) configured, and what they mean. */
const CASES = new URL('../fixtures/envoy/istiod/', import.meta.url);
const PORTS = [2181, 2888, 3888] as const;
const PEER_PORTS = [2888, 3888];

interface Case {
  readonly about: string;
  readonly server_info: { readonly node: { readonly metadata: Readonly<Record<string, unknown>> } };
  readonly clusters_answer: { readonly configs: readonly unknown[] };
  readonly listeners_answer_all_inbound: { readonly configs: readonly unknown[] };
  readonly expected: {
    readonly ports: Readonly<
      Record<
        string,
        { readonly delivery: string; readonly address?: string; readonly mtls: string }
      >
    >;
    readonly causes: readonly string[];
  };
}

function recorded(name: string): Case {
  return JSON.parse(readFileSync(new URL(name, CASES), 'utf8'));
}

type Answered = Extract<EnvoyAnswer, { readonly kind: 'answered' }>;

async function askOf(
  t: TestContext,
  one: Case,
  changes: Partial<StandIn> & { readonly metadata?: Readonly<Record<string, unknown>> } = {},
): Promise<Answered> {
  const { metadata, ...answers } = changes;
  const { node } = one.server_info;
  const port = await envoyStandIn(t, {
    serverInfo: {
      ...one.server_info,
      node: { ...node, metadata: { ...node.metadata, ...metadata } },
    },
    clusters: one.clusters_answer,
    listeners: one.listeners_answer_all_inbound,
    statuses: { cluster_statuses: [] },
    ...answers,
  });
  const question = { watchedPorts: PORTS, timeoutMs: 4000, maxBytes: 1_048_576 };
  const answer = await askEnvoy({ ...question, peerPorts: PEER_PORTS, port });
  assert.ok(answer.kind === 'answered');
  return answer;
}

const address = ({ delivery }: EnvoyPort): string | null | undefined =>
  delivery.kind === 'original-destination'
    ? delivery.source
    : delivery.kind === 'loopback'
      ? delivery.address
      : undefined;

const kinds = ({ ports }: Answered): string[] =>
  PORTS.map((port) => `${ports.get(port)?.delivery.kind} ${ports.get(port)?.mtls}`);

for (const name of readdirSync(CASES).filter((file) => file.endsWith('.json'))) {
  const one = recorded(name);

  test(`delivery, mTLS and causes are read right: ${name}`, async (t) => {
    const answer = await askOf(t, one);
    assert.deepEqual(answer.missing, []);
    for (const [port, expected] of Object.entries(one.expected.ports)) {
      const read = answer.ports.get(Number(port));
      assert.ok(read);
      assert.equal(read.delivery.kind, expected.delivery, port);
      assert.equal(read.mtls, expected.mtls, port);
      if (expected.address !== undefined) assert.equal(address(read), expected.address, port);
    }
    const causes = PEER_PORTS.flatMap((port) => answer.ports.get(port)?.causes ?? []);
    // The merged Sidecar is named beside the policy in the expectation; its own chains name it for
    // 2181 alone, which is not delivered to loopback.
    const expected = name.startsWith('sidecar-merge')
      ? one.expected.causes.slice(0, 1)
      : one.expected.causes;
    assert.deepEqual([...new Set(causes)], expected);
  });
}

const EXCLUDE = 'traffic.sidecar.istio.io/excludeInboundPorts';
const INCLUDE = 'traffic.sidecar.istio.io/includeInboundPorts';
const strict = recorded('exclude-inbound-ports.json');
const captured = 'original-destination strict';
const past = 'not-captured not-captured';
const unknown = 'unknown unknown';

for (const [title, annotations, expected] of [
  ['nothing', {}, [captured, captured, captured]],
  ['no annotations', undefined, [captured, captured, captured]],
  ['an exclusion with spaces', { [EXCLUDE]: ' 2888 , 3888,' }, [captured, past, past]],
  ['an empty exclusion', { [EXCLUDE]: '' }, [captured, captured, captured]],
  ['all ports included', { [INCLUDE]: '*' }, [captured, captured, captured]],
  ['all but one', { [INCLUDE]: '*', [EXCLUDE]: '2181' }, [past, captured, captured]],
  ['a list', { [INCLUDE]: '2181, 3888' }, [captured, past, captured]],
  // istio-iptables lays exclusions beside `*` alone.
  ['a list and an exclusion', { [INCLUDE]: '2181', [EXCLUDE]: '2181' }, [captured, past, past]],
  ['no port', { [INCLUDE]: '' }, [past, past, past]],
  ['what is no list', { [EXCLUDE]: 'quorum' }, [unknown, unknown, unknown]],
  ['what is no text', { [INCLUDE]: 2888 }, [unknown, unknown, unknown]],
] as const) {
  for (const mode of ['REDIRECT', 'TPROXY', undefined]) {
    test(`annotations that give ${title}, mode ${mode ?? 'not given'}`, async (t) => {
      const metadata = { ANNOTATIONS: annotations, INTERCEPTION_MODE: mode };
      assert.deepEqual(kinds(await askOf(t, strict, { metadata })), expected);
    });
  }
}

test('the mode is taken from the annotation where the metadata has none, and an unknown one tells nothing', async (t) => {
  const annotation = { 'sidecar.istio.io/interceptionMode': 'NONE' };
  const none = { ANNOTATIONS: annotation, INTERCEPTION_MODE: undefined };
  assert.deepEqual(kinds(await askOf(t, strict, { metadata: none })), [past, past, past]);
  const other = { INTERCEPTION_MODE: 'EBPF' };
  assert.deepEqual(kinds(await askOf(t, strict, { metadata: other })), [unknown, unknown, unknown]);
});

test('without interception a cluster whose listener was not seen leaves the port unknown', async (t) => {
  const answer = await askOf(t, recorded('interception-none.json'), { listeners: 'cut' });
  assert.deepEqual(kinds(answer), [past, unknown, past]);
});

test('the redirection is told where the proxy would show the annotations', async (t) => {
  const bare = { ANNOTATIONS: undefined };
  for (const [metadata, redirection] of [
    [{}, 'told'],
    [bare, 'told'],
    [{ ...bare, ISTIO_VERSION: '1.12.0' }, 'told'],
    [{ ...bare, ISTIO_VERSION: '1.11.8' }, 'not-told'],
    [{ ...bare, ISTIO_VERSION: undefined }, 'not-told'],
    [{ ISTIO_VERSION: '1.11.8' }, 'told'],
  ] as const) {
    assert.equal((await askOf(t, strict, { metadata })).redirection, redirection);
  }
});

test('server_info of few fields is enough, and of no release is no Envoy', async (t) => {
  const { version, istioVersion, ports } = await askOf(t, recorded('sidecar-unix.json'), {
    serverInfo: { node: { metadata: { ISTIO_VERSION: '1.30.0' } } },
  });
  assert.deepEqual([version, istioVersion], [null, '1.30.0']);
  assert.equal(ports.get(2181)?.delivery.kind, 'unix');
  const port = await envoyStandIn(t, { serverInfo: { node: {} }, clusters: {}, listeners: {} });
  const question = { watchedPorts: PORTS, timeoutMs: 4000, maxBytes: 1_048_576, port };
  assert.equal((await askEnvoy(question)).kind, 'failed');
});

/** Names that a large mesh sends beside the pod's own, as long as Istio's. */
function crowd(services: number): readonly string[] {
  return Array.from(
    { length: services },
    (_, at) => `outbound|2888||zk-${at}.ns.svc.cluster.local`,
  );
}

test('of thousands of services neither clusters nor listeners are in the answers', async (t) => {
  const one = recorded('sidecar-capture-none.json');
  const clusters = crowd(10_000).map((name) => ({ cluster: { name, type: 'EDS' } }));
  const listeners = crowd(5_000).map((_, at) => ({
    name: `10.${at >> 8}.${at & 255}.7_2888`,
    active_state: { listener: { traffic_direction: 'OUTBOUND', filter_chains: [{}] } },
  }));
  const host = { address: { socket_address: { address: '10.96.0.12', port_value: 3888 } } };
  const failed = { ...host, stats: [{ name: 'cx_connect_fail', value: '4' }] };
  const statuses = [
    ...crowd(5_000).map((name) => ({ name: name.replace('2888', '8080'), host_statuses: [host] })),
    { name: 'outbound|3888||zk-headless.lab.svc.cluster.local', host_statuses: [failed] },
  ];
  const answer = await askOf(t, one, {
    serverInfo: {
      ...one.server_info,
      node: { ...one.server_info.node, id: 'sidecar~10.96.0.11~zk-0.lab~lab.svc.cluster.local' },
    },
    clusters: { configs: [...clusters, ...one.clusters_answer.configs] },
    listeners: { configs: [...listeners, ...one.listeners_answer_all_inbound.configs] },
    statuses: { cluster_statuses: statuses },
  });
  assert.deepEqual(answer.missing, []);
  assert.deepEqual(kinds(answer), [captured, 'loopback disable', 'catch-all strict']);
  assert.deepEqual(answer.connectFailures, [{ address: '10.96.0.12', port: 3888, failures: 4 }]);
});

test('a listener bound to an address of IPv6 is asked for by that address', async (t) => {
  const one = recorded('sidecar-capture-none.json');
  const text = JSON.stringify(one.listeners_answer_all_inbound).replaceAll(
    '10.96.0.11',
    'fd00::11',
  );
  const answer = await askOf(t, one, {
    metadata: { INSTANCE_IPS: '10.96.0.11,fd00::11' },
    listeners: JSON.parse(text),
  });
  assert.deepEqual(kinds(answer), [captured, 'loopback disable', 'catch-all strict']);
});

test('the Sidecar that set a delivery is named', async (t) => {
  const answer = await askOf(t, recorded('interception-none.json'));
  assert.deepEqual(answer.ports.get(2888)?.sidecar, { namespace: 'lab', name: 'zk' });
});

test('a pod in no Service has no cluster at all: its ports fall to the catch-all', async (t) => {
  const caught = 'catch-all strict';
  const answer = await askOf(t, strict, {
    clusters: { configs: [] },
    metadata: { ANNOTATIONS: {} },
  });
  // Its chains name the ports, which a Service would; what they take is the same here.
  assert.deepEqual(kinds(answer), [caught, caught, caught]);
  assert.deepEqual(answer.missing, []);
  assert.deepEqual(answer.connectFailures, []);
});
