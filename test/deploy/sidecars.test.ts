import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { sidecarFiles } from '../../deploy/generate-sidecars.ts';
import { PORT, readinessProbe, sidecarContainer } from '../../src/commands/inject/sidecar.ts';
import { deployFolder } from './render.ts';

for (const [path, text] of sidecarFiles()) {
  test(`${path} is what the code makes of the probe's container ("npm run manifests" writes it)`, () => {
    assert.equal(readFileSync(join(deployFolder, path), 'utf8'), text);
  });
}

test("the ZooKeeper example's server is asked as the gate asks", () => {
  const text = readFileSync(join(deployFolder, 'examples/zookeeper/server-readiness.yaml'), 'utf8');
  const { spec } = patched.parse(parse(text));
  const [server] = spec.template.spec.containers;
  assert.deepEqual(server?.readinessProbe, readinessProbe(PORT));
});

const patched = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(z.looseObject({ readinessProbe: z.unknown() })),
      }),
    }),
  }),
});

const patches = z.array(z.looseObject({ value: z.unknown() }));

/** What differs between two probes in one pod. */
const OWN = ['name', 'ports', 'env', 'livenessProbe', 'volumeMounts'];

const SECOND = ['nifi-embedded-zookeeper/zookeeper-probe', 'redis-with-sentinel/redis-probe'];

function secondProbe(path: string): object {
  const text = readFileSync(join(deployFolder, 'examples', `${path}.yaml`), 'utf8');
  return z.looseObject({}).parse(patches.parse(parse(text))[0]?.value);
}

for (const path of SECOND) {
  test(`the second probe of ${path} is like the first but for its name, port and profile`, () => {
    const second = secondProbe(path);
    const first = sidecarContainer({
      image: 'quorum-probe:0.1.0',
      profile: 'zookeeper',
      service: 'service',
      replicas: 1,
      firstOrdinal: 0,
      ask: [],
      gate: false,
      hold: false,
      placement: 'container',
      healthPort: null,
      webConfigSecret: null,
    });
    const common = (container: object) =>
      Object.entries(container).filter(([key]) => !OWN.includes(key));
    assert.deepEqual(common(second), common(first));
    assert.deepEqual(Object.keys(second), Object.keys(first));
  });
}

test('the PodMonitor scrapes the second probe of a pod too, by the name of its port', () => {
  const monitor = z.looseObject({
    spec: z.looseObject({ podMetricsEndpoints: z.array(z.looseObject({ port: z.string() })) }),
  });
  const named = z.looseObject({ ports: z.array(z.looseObject({ name: z.string() })) });
  const ports = SECOND.flatMap((path) =>
    named.parse(secondProbe(path)).ports.map(({ name }) => name),
  );
  for (const file of ['podmonitor.yaml', 'podmonitor-keep-list.yaml']) {
    const text = readFileSync(join(deployFolder, 'prometheus', file), 'utf8');
    const scraped = monitor.parse(parse(text)).spec.podMetricsEndpoints.map(({ port }) => port);
    assert.deepEqual(scraped, ['quorum-probe', ...ports], file);
  }
});
