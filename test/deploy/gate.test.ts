import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { readEnvironment } from '../../src/config/environment.ts';
import { deployFolder } from './render.ts';

const GATES = [
  'components/gate/gate.yaml',
  'components/native-sidecar-gate/gate.yaml',
  'helm/zookeeper-gate-values.yaml',
];

const gated = z.looseObject({
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
  readinessProbe: z.looseObject({}),
});

/** Every container of a manifest or of chart values that has an environment and a readiness probe. */
function containersIn(value: unknown): z.infer<typeof gated>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(containersIn);
  const one = gated.safeParse(value);
  return one.success ? [...inner, one.data] : inner;
}

for (const gate of GATES) {
  test(`${gate} calls no member ready without a quorum: its services publish the names`, () => {
    const [container] = containersIn(parse(readFileSync(join(deployFolder, gate), 'utf8')));
    assert.ok(container);
    const given = readEnvironment(
      Object.fromEntries(container.env.map(({ name, value }) => [name, value])),
    );
    assert.equal(given.get('bootstrap')?.text, 'false');
  });
}
