import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { stringify } from 'yaml';
import type { EnsembleDiagnosis } from '../../src/model/diagnosis.ts';
import { toolPath } from '../tools.ts';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase } from './case.ts';
import { FAULTS, healthy } from './diagnosed-faults.ts';
import {
  diagnosis,
  EXEC,
  folder,
  HEALTHY,
  PODS,
  PROXY,
  START_MS,
  STATEFUL_SETS,
  shows,
  userWith,
} from './diagnosing.ts';
import { IMAGES } from './images.ts';
import { kubectlIn } from './kubernetes.ts';
import { dropNamespace, makeNamespace } from './namespace.ts';
import { apply, type Operation, renderComponent, renderExample } from './overlay.ts';
import { etcd } from './systems.ts';

const CONTAINERS = '/spec/template/spec/containers';
const VOLUMES = '/spec/template/spec/volumes';

let namespace: string;
let breaker: Breaker;

before(async () => {
  namespace = await makeNamespace('diagnose-sidecar');
  breaker = await startBreaker();
  const files = Object.entries(ADMIN).map(([key, name]) => `--from-file=${key}=${fixture(name)}`);
  await kubectlIn(namespace, ['create', 'configmap', 'admin', ...files]);
  await apply(namespace, await renderExample({ statefulSet: withAdmin() }));
});

clusterCase('whole', 'diagnose with the sidecar hears its probes and a proxy too', async () => {
  const shown = await healthy({ namespace, breaker });
  // Nothing is without an answer, which a busy machine may need more than once for.
  const { members } = await diagnosis(namespace, [], ({ gaps }) => gaps.length === 0);
  for (const { probe, report, container } of members) {
    assert.equal(container, 'zookeeper');
    assert.equal(probe?.inQuorum, true);
    assert.equal(report?.asked.srvr?.state, 'serving');
    assert.equal(report?.asked.envoy?.state, 'answered');
  }
  return shown;
});

clusterCase('whole', 'a port-forward that is forbidden is replaced for the probe', async () => {
  const config = await userWith(namespace, 'no-forward', [PODS, EXEC, STATEFUL_SETS, PROXY]);
  const words = ['--kubeconfig', config];
  const { gaps, summary } = await diagnosis(namespace, words, isHeard);
  const unasked = gaps.filter((gap) =>
    /the mesh proxy and the server could not be asked/.test(gap),
  );
  assert.equal(unasked.length, 3, gaps.join('\n'));
  return `"${summary}"; "${unasked[0]}"`;
});

clusterCase('whole', 'without the right to exec the probes are heard', async () => {
  const config = await userWith(namespace, 'no-exec', [PODS, STATEFUL_SETS, PROXY]);
  const line = /^UNKNOWN {2}3 of 3 members are in the quorum by their own probes/;
  return await shows(namespace, { line, code: 2, words: ['--kubeconfig', config] });
});

for (const [title, play] of FAULTS) {
  clusterCase('whole', `diagnose with the sidecar names ${title}`, () =>
    play({ namespace, breaker }),
  );
}

clusterCase('whole', 'a probe that speaks TLS is heard in both ways', async () => {
  await dropNamespace(namespace);
  const own = await makeNamespace('diagnose-tls');
  const file = join(folder, 'web.yaml');
  writeFileSync(file, webConfig());
  await kubectlIn(own, ['create', 'secret', 'generic', 'web', `--from-file=web.yaml=${file}`]);
  const observed = { components: ['components/observe'], statefulSet: WITH_TLS };
  await apply(own, await renderExample(observed));
  const shown = await shows(own, { line: HEALTHY, code: 0, withinMs: START_MS });
  const config = await userWith(own, 'no-forward-tls', [PODS, EXEC, STATEFUL_SETS, PROXY]);
  for (const words of [[], ['--kubeconfig', config]]) {
    const { members } = await diagnosis(own, words, isHeard);
    assert.equal(members.length, 3);
  }
  await dropNamespace(own);
  return shown;
});

clusterCase('whole', 'servers without a cat are read by the Node.js of the probe', async () => {
  const own = await makeNamespace('diagnose-etcd');
  const { component, objects } = etcd(IMAGES.etcd);
  await apply(own, JSON.stringify(objects.service));
  await apply(own, await renderComponent(objects.statefulSet, component));
  const target = 'statefulset/etcd';
  const shown = await shows(own, {
    ...{ line: /^HEALTHY/, code: 0, withinMs: START_MS, target },
    text: /^etcd-0 .* quorum-probe /m,
  });
  const heal = await breaker.cut(own, 'etcd-1');
  const line = /etcd-1 is partitioned from both/;
  const cut = await shows(own, { line, code: 1, target });
  await heal();
  await dropNamespace(own);
  return `${shown}; ${cut}`;
});

/** Whether the probe of every member has given its report. */
function isHeard({ members }: EnsembleDiagnosis): boolean {
  return members.every(({ probe }) => probe?.inQuorum === true);
}

/** What stands for the proxy's admin, by what is asked. */
const ADMIN = {
  info: 'server_info',
  clusters: 'clusters-passthrough',
  listeners: 'listeners',
  statuses: 'cluster-statuses',
};

function fixture(name: string): string {
  return join(import.meta.dirname, `../fixtures/envoy/${name}.json`);
}

/** A container with the name of Istio's, whose admin gives what a real one gave. */
function withAdmin(): readonly Operation[] {
  const program = `require('node:http').createServer(({ url }, response) => {
  const file = url === '/server_info' ? 'info' : url.startsWith('/clusters') ? 'statuses'
    : url.includes('dynamic_listeners') ? 'listeners' : 'clusters';
  response.end(require('node:fs').readFileSync('/admin/' + file));
}).listen(15000, '127.0.0.1');`;
  const container = {
    name: 'istio-proxy',
    image: IMAGES.probe,
    command: ['/nodejs/bin/node', '-e', program],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'admin', mountPath: '/admin', readOnly: true }],
  };
  return [
    { op: 'add', path: `${CONTAINERS}/-`, value: container },
    { op: 'add', path: `${VOLUMES}/-`, value: { name: 'admin', configMap: { name: 'admin' } } },
  ];
}

const MOUNT = { name: 'web', mountPath: '/etc/quorum-probe', readOnly: true };
const PATH = { name: 'QUORUM_PROBE_WEB_CONFIG', value: `${MOUNT.mountPath}/web.yaml` };

const WITH_TLS: readonly Operation[] = [
  { op: 'add', path: `${CONTAINERS}/1/env/-`, value: PATH },
  { op: 'add', path: `${CONTAINERS}/1/livenessProbe/httpGet/scheme`, value: 'HTTPS' },
  { op: 'add', path: `${CONTAINERS}/1/volumeMounts/-`, value: MOUNT },
  { op: 'add', path: `${VOLUMES}/-`, value: { name: MOUNT.name, secret: { secretName: 'web' } } },
];

/** A certificate that nobody's authority has signed. */
function webConfig(): string {
  const [cert, key] = ['probe.crt', 'probe.key'].map((name) => join(folder, name));
  if (cert === undefined || key === undefined) throw new Error('there are two');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', key, '-out', cert, '-subj', '/CN=probe'];
  execFileSync(toolPath('openssl'), ['req', '-x509', ...curve, '-days', '2', ...files], {
    stdio: 'ignore',
  });
  const [certificate, secret] = [cert, key].map((path) => readFileSync(path, 'utf8'));
  return stringify({ tls_server_config: { cert: certificate, key: secret } });
}
