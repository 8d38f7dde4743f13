import assert from 'node:assert/strict';
import test from 'node:test';
import * as z from 'zod';
import { skipWithout } from '../tools.ts';
import { type Manifest, statefulSetOf } from './manifest.ts';
import { renderFolder } from './render.ts';

const skip = skipWithout('kubectl');

function only(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

for (const folder of ['examples/zookeeper', 'examples/zookeeper-istio']) {
  test(`${folder} publishes members that are not ready yet`, { skip }, () => {
    const manifests = renderFolder(folder);
    const { serviceName } = statefulSetOf(manifests).spec;
    const service = z.looseObject({
      spec: z.looseObject({
        clusterIP: z.literal('None'),
        publishNotReadyAddresses: z.literal(true),
        ports: z.array(z.looseObject({ name: z.string().startsWith('tcp-'), port: z.int() })),
      }),
    });
    const { ports } = service.parse(only(manifests, 'Service', serviceName)).spec;
    assert.deepEqual(ports.map(({ port }) => port).sort(), [2181, 2888, 3888]);
  });

  test(`${folder} lets members without a quorum be evicted`, { skip }, () => {
    const budget = z.looseObject({
      spec: z.looseObject({
        maxUnavailable: z.literal(1),
        unhealthyPodEvictionPolicy: z.literal('AlwaysAllow'),
      }),
    });
    budget.parse(only(renderFolder(folder), 'PodDisruptionBudget', 'zookeeper'));
  });

  test(`${folder} opens every port of the ensemble that its network policy closes`, {
    skip,
  }, () => {
    const policy = z.looseObject({
      spec: z.looseObject({
        ingress: z.array(z.looseObject({ ports: z.array(z.looseObject({ port: z.int() })) })),
      }),
    });
    const { ingress } = policy.parse(only(renderFolder(folder), 'NetworkPolicy', 'zookeeper')).spec;
    const open = ingress.flatMap(({ ports }) => ports.map(({ port }) => port));
    assert.deepEqual(open.sort(), [2181, 2888, 3888, 4888]);
  });
}

test('the example in Istio takes nothing but mTLS, except on the port that Prometheus scrapes', {
  skip,
}, () => {
  const manifests = renderFolder('examples/zookeeper-istio');
  const authentication = z.looseObject({
    spec: z.looseObject({ mtls: z.strictObject({ mode: z.literal('STRICT') }) }),
  });
  authentication.parse(only(manifests, 'PeerAuthentication', 'zookeeper'));
  const { annotations, labels } = statefulSetOf(manifests).spec.template.metadata;
  assert.equal(annotations['traffic.sidecar.istio.io/excludeInboundPorts'], '4888');
  assert.equal(labels['sidecar.istio.io/inject'], 'true');
});
