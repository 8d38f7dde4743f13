import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { type PodSpec, statefulSetOf } from './manifest.ts';
import { hasToken, privilegesOf } from './policy.ts';
import { manifestsIn } from './render.ts';

const fixture = join(import.meta.dirname, '../fixtures/statefulset/plain.yaml');

function podWith(change: (pod: PodSpec) => void): PodSpec {
  const pod = statefulSetOf(manifestsIn(readFileSync(fixture, 'utf8'))).spec.template.spec;
  change(pod);
  return pod;
}

function podWithContainer(change: object): PodSpec {
  return podWith((pod) => {
    for (const container of pod.containers) {
      container.securityContext = { ...container.securityContext, ...change };
    }
  });
}

test('a restricted pod asks for no privilege', () => {
  assert.deepEqual(privilegesOf(podWith(() => {})), []);
});

for (const [change, violation] of [
  [{ runAsNonRoot: false }, 'server may run as root'],
  [{ runAsUser: 0 }, 'server runs as root'],
  [{ privileged: true }, 'server is privileged'],
  [{ allowPrivilegeEscalation: undefined }, 'server may gain privileges'],
  [{ readOnlyRootFilesystem: false }, 'server may write its root file system'],
  [{ capabilities: { drop: ['NET_RAW'] } }, 'server keeps capabilities'],
  [{ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }, 'server adds capabilities'],
  [{ seccompProfile: { type: 'Unconfined' } }, 'server has no seccomp profile'],
] as const) {
  test(`the policy sees that a container with ${JSON.stringify(change)} ${violation.slice(7)}`, () => {
    assert.deepEqual(privilegesOf(podWithContainer(change)), [violation]);
  });
}

test('the policy sees host namespaces, host ports and host paths', () => {
  const pod = podWith((each) => {
    each.hostNetwork = true;
    each.volumes.push({ name: 'proc', hostPath: { path: '/proc' } });
    each.containers[0]?.ports.push({ name: 'tcp', containerPort: 1, hostPort: 1 });
  });
  assert.deepEqual(privilegesOf(pod), [
    'server takes a host port',
    'the pod shares a host namespace',
    'volume proc is a host path',
  ]);
});

test('a mount in its place keeps the service-account token out of one container', () => {
  const pod = podWith((each) => {
    each.automountServiceAccountToken = undefined;
  });
  const [server] = pod.containers;
  assert.ok(server);
  assert.equal(hasToken(server, pod), true);
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
  assert.equal(hasToken({ ...server, volumeMounts: [{ name: 'none', mountPath }] }, pod), false);
});
