import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { holdHook, PORT, readinessProbe } from '../../src/commands/inject/sidecar.ts';
import { containerNamed, environmentOf, statefulSetOf } from '../deploy/manifest.ts';
import { manifestsIn } from '../deploy/render.ts';
import { injected } from './fixtures.ts';

/** A ZooKeeper whose server's container has these lines too. */
function zookeeper(...lines: string[]): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: zk
spec:
  serviceName: zk
  replicas: 3
  template:
    metadata:
      labels:
        app: zk
    spec:
      containers:
        - name: metrics
          image: registry.example.com/exporter:1
        - name: server
          image: zookeeper
${lines.map((line) => `          ${line}\n`).join('')}`;
}

function setOf(text: string) {
  return statefulSetOf(manifestsIn(text));
}

test("a gate asks the server's container too, by the port's number, and none beside it", () => {
  const set = setOf(injected(zookeeper(), '--gate').text);
  assert.deepEqual(containerNamed(set, 'server').readinessProbe, readinessProbe(PORT));
  assert.deepEqual(
    containerNamed(set, 'quorum-probe').readinessProbe,
    readinessProbe('quorum-probe'),
  );
  assert.equal(containerNamed(set, 'metrics').readinessProbe, undefined);
  const watched = setOf(injected(zookeeper()).text);
  assert.equal(containerNamed(watched, 'server').readinessProbe, undefined);
});

test("a server's own readiness probe stays as it is under a gate, and the report says what that means", () => {
  const text = zookeeper('readinessProbe: {httpGet: {path: /ok, port: 80}}');
  const { text: gated, report } = injected(text, '--gate', '--image=r/q:1');
  const server = containerNamed(setOf(gated), 'server');
  assert.deepEqual(server.readinessProbe, { httpGet: { path: '/ok', port: 80 } });
  assert.match(report.join('\n'), /server has a readinessProbe of its own, .* at port 4888/);
  assert.equal(injected(gated, '--remove').text, text);
  const ours = zookeeper('readinessProbe: {httpGet: {path: /readyz, port: 4888}}');
  assert.doesNotMatch(injected(ours, '--gate').report.join('\n'), /readinessProbe/);
  assert.equal(injected(injected(ours, '--gate').text, '--remove').text, ours);
});

test('with --listen-health the kubelet asks at that port for everything, and Prometheus where it did', () => {
  const words = ['--gate', '--hold', '--listen-health=4890'];
  const { text, report } = injected(zookeeper(), ...words);
  const set = setOf(text);
  const [server, probe] = [containerNamed(set, 'server'), containerNamed(set, 'quorum-probe')];
  assert.deepEqual(server.readinessProbe, readinessProbe(4890));
  assert.deepEqual(server['lifecycle'], { preStop: holdHook(4890) });
  assert.deepEqual(probe['lifecycle'], { preStop: holdHook(4890) });
  assert.deepEqual(probe.readinessProbe, readinessProbe('quorum-health'));
  assert.match(JSON.stringify(probe.livenessProbe), /"path":"\/livez","port":"quorum-health"/);
  assert.deepEqual(probe.ports, [
    { name: 'quorum-probe', containerPort: 4888, protocol: 'TCP' },
    { name: 'quorum-health', containerPort: 4890, protocol: 'TCP' },
  ]);
  assert.equal(environmentOf(probe)['QUORUM_PROBE_LISTEN_HEALTH'], '4890');
  assert.match(report.join('\n'), /the kubelet asks at port 4890/);
  assert.doesNotMatch(JSON.stringify([server, probe.livenessProbe, probe['lifecycle']]), /4888/);
});

test('a web configuration is mounted from a Secret, and the kubelet asks beside it', () => {
  const words = ['--gate', '--web-config-secret=zk-web', '--image=r/q:1'];
  const { text, report } = injected(zookeeper(), ...words);
  const set = setOf(text);
  const probe = containerNamed(set, 'quorum-probe');
  assert.deepEqual(set.spec.template.spec.volumes[1], {
    name: 'quorum-probe-web',
    secret: { secretName: 'zk-web' },
  });
  const environment = environmentOf(probe);
  assert.equal(environment['QUORUM_PROBE_WEB_CONFIG'], '/etc/quorum-probe/web/web.yaml');
  assert.equal(environment['QUORUM_PROBE_LISTEN_HEALTH'], '4889');
  assert.equal(environment['QUORUM_PROBE_PEER_CLIENT_CONFIG'], undefined);
  assert.deepEqual(containerNamed(set, 'server').readinessProbe, readinessProbe(4889));
  assert.match(report.join('\n'), /Secret zk-web must hold web\.yaml and the files/);
});

test('with a web configuration, probes that ask their peers get the file for that', () => {
  const words = ['--ask=peers', '--web-config-secret=zk-web', '--listen-health=9000'];
  const { text, report } = injected(zookeeper(), ...words);
  const environment = environmentOf(containerNamed(setOf(text), 'quorum-probe'));
  assert.equal(environment['QUORUM_PROBE_PEER_CLIENT_CONFIG'], '/etc/quorum-probe/web/peers.yaml');
  assert.equal(environment['QUORUM_PROBE_LISTEN_HEALTH'], '9000');
  assert.match(report.join('\n'), /Secret zk-web must hold web\.yaml and peers\.yaml/);
});

for (const [word, expected] of [
  ['--listen-health=4888', /4888 is the probe's common port/],
  ['--listen-health=0', /"0" is not a port/],
  ['--listen-health=127.0.0.1:4889', /is not a port/],
  ['--web-config-secret=Zk', /"Zk" is not the name of a Secret/],
] as const) {
  test(`${word} is refused`, () => {
    assert.throws(() => injected(zookeeper(), word), expected);
  });
}

test('a declared port that the probe would take is reported, the one for health too', () => {
  const text = zookeeper('ports: [{containerPort: 4889}]');
  assert.match(
    injected(text, '--listen-health=4889').report.join('\n'),
    /container server also declares port 4889.*--listen-health/,
  );
  assert.doesNotMatch(injected(text).report.join('\n'), /4889/);
});

test('the report says that members follow the replicas only by injecting again', () => {
  assert.match(
    injected(zookeeper()).report.join('\n'),
    /3 members of service zk; after a change of replicas inject and apply again;/,
  );
});

test('what scales a set by itself is reported', () => {
  const scaler = (kind: string, name: string) =>
    `---\nkind: HorizontalPodAutoscaler\nmetadata: {name: grow}\nspec:\n  scaleTargetRef: {kind: ${kind}, name: ${name}}\n`;
  const reportOf = (text: string) => injected(text).report.join('\n');
  assert.match(
    reportOf(zookeeper() + scaler('StatefulSet', 'zk')),
    /HorizontalPodAutoscaler grow changes its replicas/,
  );
  for (const other of [scaler('StatefulSet', 'web'), scaler('Deployment', 'zk')]) {
    assert.doesNotMatch(reportOf(zookeeper() + other), /HorizontalPodAutoscaler/);
  }
});

test('two volumes are added to each way of writing a list, and taken out again', () => {
  for (const volumes of ['[]', '[{name: a, emptyDir: {}}]', '', '\n        - name: a']) {
    const text = zookeeper().replace(
      '      containers:',
      `      volumes: ${volumes}\n      containers:`,
    );
    const once = injected(text, '--web-config-secret=web').text;
    const { volumes: all } = setOf(once).spec.template.spec;
    assert.deepEqual(
      all.slice(-2).map(({ name }) => name),
      ['quorum-probe-no-token', 'quorum-probe-web'],
    );
    assert.deepEqual(parse(injected(once, '--remove').text), parse(text));
  }
});
