import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { HOLD_GRACE_SECONDS, holdHook, PORT } from '../../src/commands/inject/sidecar.ts';
import { readProfileFile } from '../../src/config/profile-file.ts';
import { skipWithout } from '../tools.ts';
import {
  containerNamed,
  containersOf,
  environmentOf,
  type StatefulSet,
  statefulSetOf,
} from './manifest.ts';
import { OVERLAYS, SYSTEMS } from './overlays.ts';
import { hasToken, privilegesOf } from './policy.ts';
import { deployFolder, renderChart, renderComponents } from './render.ts';

function probesOf(set: StatefulSet) {
  return containersOf(set.spec.template.spec).filter(({ name }) => name.startsWith('quorum-probe'));
}

for (const { title, tool, render } of OVERLAYS) {
  test(`${title} asks for no privilege`, { skip: skipWithout(tool) }, () => {
    const set = statefulSetOf(render());
    assert.deepEqual(privilegesOf(set.spec.template.spec), []);
    const probes = probesOf(set);
    assert.ok(probes.length > 0);
    for (const probe of probes) assert.equal(hasToken(probe, set.spec.template.spec), false);
  });

  test(`${title} watches the members that the StatefulSet makes`, {
    skip: skipWithout(tool),
  }, () => {
    const set = statefulSetOf(render());
    for (const probe of probesOf(set)) {
      const { QUORUM_PROBE_SERVICE, QUORUM_PROBE_REPLICAS } = environmentOf(probe);
      assert.equal(QUORUM_PROBE_SERVICE, `${set.spec.serviceName}.$(POD_NAMESPACE)`);
      assert.equal(QUORUM_PROBE_REPLICAS, String(set.spec.replicas));
    }
  });

  test(`${title} restarts the probe for no other cause than a stuck scan`, {
    skip: skipWithout(tool),
  }, () => {
    for (const probe of probesOf(statefulSetOf(render()))) {
      assert.equal(probe.livenessProbe?.httpGet.path, '/livez');
      assert.equal(probe.startupProbe, undefined);
      assert.ok(probe.ports.some(({ name }) => name === probe.livenessProbe?.httpGet.port));
    }
  });

  test(`${title} bounds the probe's memory and leaves its processor time free`, {
    skip: skipWithout(tool),
  }, () => {
    for (const { resources } of probesOf(statefulSetOf(render()))) {
      assert.deepEqual(Object.keys(resources?.limits ?? {}), ['memory']);
      assert.deepEqual(new Set(Object.keys(resources?.requests ?? {})), new Set(['cpu', 'memory']));
    }
  });
}

test('observing gates nothing and leaves the pod and its other containers as they were', {
  skip: skipWithout('kubectl'),
}, () => {
  const bare = statefulSetOf(renderComponents('full', []));
  const observed = statefulSetOf(renderComponents('full', ['components/observe']));
  const probe = containerNamed(observed, 'quorum-probe');
  assert.equal(probe.readinessProbe, undefined);
  const { spec, metadata } = observed.spec.template;
  const others = spec.containers.filter(({ name }) => name !== 'quorum-probe');
  assert.deepEqual(others, bare.spec.template.spec.containers);
  assert.deepEqual(spec.initContainers, bare.spec.template.spec.initContainers);
  assert.deepEqual(spec.securityContext, bare.spec.template.spec.securityContext);
  assert.equal(spec.automountServiceAccountToken, undefined);
  assert.equal(
    metadata.annotations['traffic.sidecar.istio.io/excludeInboundPorts'],
    '2888,3888',
    'ports that are excluded from the mesh stay excluded',
  );
  assert.equal(observed.spec.podManagementPolicy, undefined);
});

for (const components of [['components/observe'], ['components/observe', 'components/gate']]) {
  test(`kubectl goes on choosing the application's container with ${components.join(' and ')}`, {
    skip: skipWithout('kubectl'),
  }, () => {
    const { metadata } = statefulSetOf(renderComponents('full', components)).spec.template;
    assert.equal(metadata.annotations['kubectl.kubernetes.io/default-container'], 'server');
  });
}

for (const components of [
  ['components/observe', 'components/gate'],
  ['components/native-sidecar', 'components/native-sidecar-gate'],
]) {
  test(`${components.join(' and ')} make readiness that of the quorum`, {
    skip: skipWithout('kubectl'),
  }, () => {
    const set = statefulSetOf(renderComponents('full', components));
    const probe = containerNamed(set, 'quorum-probe');
    assert.equal(probe.readinessProbe?.httpGet.path, '/readyz');
    assert.equal(environmentOf(probe)['QUORUM_PROBE_ASK'], 'srvr');
    assert.equal(set.spec.podManagementPolicy, 'Parallel');
    assert.ok((set.spec.minReadySeconds ?? 0) >= 20, 'one scrape sees the whole ensemble');
  });
}

test('the native sidecar is the plain one, but for where it stands', {
  skip: skipWithout('kubectl'),
}, () => {
  const gated = ['components/observe', 'components/gate'];
  const nativeGated = ['components/native-sidecar', 'components/native-sidecar-gate'];
  const plain = statefulSetOf(renderComponents('full', gated));
  const native = statefulSetOf(renderComponents('full', nativeGated));
  assert.equal(native.spec.template.spec.initContainers[0]?.name, 'quorum-probe');
  const { restartPolicy, ...container } = containerNamed(native, 'quorum-probe');
  assert.equal(restartPolicy, 'Always');
  assert.deepEqual(container, containerNamed(plain, 'quorum-probe'));
  assert.deepEqual(native.spec.template.spec.volumes, plain.spec.template.spec.volumes);
  assert.deepEqual(native.spec.template.metadata.labels, plain.spec.template.metadata.labels);
});

for (const more of [[], ['components/native-sidecar-gate']]) {
  test(`the hold after ${['native-sidecar', ...more].join(' and ')} adds the hook and the time for it`, {
    skip: skipWithout('kubectl'),
  }, () => {
    const without = ['components/native-sidecar', ...more];
    const bare = statefulSetOf(renderComponents('full', without));
    const set = statefulSetOf(renderComponents('full', [...without, 'components/hold']));
    const { spec } = set.spec.template;
    assert.equal(spec['terminationGracePeriodSeconds'], HOLD_GRACE_SECONDS);
    const [server, ...others] = spec.containers;
    assert.deepEqual(server?.['lifecycle'], { preStop: holdHook(PORT) });
    assert.ok(others.every((one) => one['lifecycle'] === undefined));
    const probe = containerNamed(set, 'quorum-probe');
    assert.equal(environmentOf(probe)['QUORUM_PROBE_ASK'], 'srvr,peers');
    assert.equal(probe['lifecycle'], undefined);
    assert.deepEqual(probe.readinessProbe, containerNamed(bare, 'quorum-probe').readinessProbe);
    assert.equal(set.spec.podManagementPolicy, bare.spec.podManagementPolicy);
  });
}

const VALUES: readonly (readonly [string, readonly string[]])[] = [
  ['zookeeper-values.yaml', ['components/observe']],
  ['extra-containers-values.yaml', ['components/observe']],
  ['zookeeper-gate-values.yaml', ['components/observe', 'components/gate']],
];

for (const [values, components] of VALUES) {
  test(`the chart with ${values} has the container that ${components.join(' and ')} give`, {
    skip: skipWithout('helm') || skipWithout('kubectl'),
  }, () => {
    const charted = statefulSetOf(renderChart(values));
    const kustomized = statefulSetOf(renderComponents('plain', components));
    const members = ['QUORUM_PROBE_SERVICE', 'QUORUM_PROBE_REPLICAS'];
    const plain = (set: StatefulSet) => {
      const { env, ...container } = containerNamed(set, 'quorum-probe');
      const others = env.filter(({ name }) => !members.includes(name));
      return { ...container, env: others.sort((a, b) => a.name.localeCompare(b.name)) };
    };
    assert.deepEqual(plain(charted), plain(kustomized));
    assert.equal(charted.spec.template.metadata.labels['quorum-probe'], 'observed');
    const gated = components.includes('components/gate');
    assert.equal(charted.spec.podManagementPolicy === 'Parallel', gated);
  });
}

for (const system of SYSTEMS) {
  test(`the ${system} example watches with the profile of that name`, {
    skip: skipWithout('kubectl'),
  }, () => {
    const set = statefulSetOf(renderComponents('plain', [`examples/${system}`]));
    const environment = environmentOf(containerNamed(set, 'quorum-probe'));
    assert.equal(environment['QUORUM_PROBE_PROFILE'], system);
  });
}

test('two probes in one pod watch two services on two ports', {
  skip: skipWithout('kubectl'),
}, () => {
  const set = statefulSetOf(renderComponents('full', ['examples/nifi-embedded-zookeeper']));
  const nifi = containerNamed(set, 'quorum-probe');
  const zookeeper = containerNamed(set, 'quorum-probe-zookeeper');
  assert.equal(environmentOf(nifi)['QUORUM_PROBE_PROFILE'], 'nifi');
  assert.equal(environmentOf(zookeeper)['QUORUM_PROBE_PROFILE'], 'zookeeper');
  assert.equal(environmentOf(zookeeper)['QUORUM_PROBE_LISTEN'], '4889');
  assert.deepEqual(
    [nifi, zookeeper].map(({ ports }) => ports),
    [
      [{ name: 'quorum-probe', containerPort: 4888, protocol: 'TCP' }],
      [{ name: 'quorum-probe-zk', containerPort: 4889, protocol: 'TCP' }],
    ],
  );
});

test('the example of a profile file names one that the probe reads', () => {
  const file = join(deployFolder, 'examples', 'redis-with-sentinel', 'redis-profile.yaml');
  const profile = readProfileFile(file, readFileSync(file, 'utf8'));
  assert.equal(profile.name, 'redis');
});

test('every folder of deploy/examples and deploy/components is rendered here', () => {
  const components = [
    ...['gate', 'gate-server', 'hold'],
    ...['native-sidecar', 'native-sidecar-gate', 'observe'],
  ];
  assert.deepEqual(new Set(readdirSync(join(deployFolder, 'components'))), new Set(components));
  const examples = [
    ...SYSTEMS,
    'nifi-embedded-zookeeper',
    'redis-with-sentinel',
    'zookeeper',
    'zookeeper-istio',
  ];
  assert.deepEqual(new Set(readdirSync(join(deployFolder, 'examples'))), new Set(examples));
});
