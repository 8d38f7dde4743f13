import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectsIn, podsIn } from '../../../src/commands/diagnose/objects.ts';
import { probePortOf } from '../../../src/commands/diagnose/system.ts';
import type { Profile } from '../../../src/model/profile.ts';
import { PROFILES } from '../../../src/profiles/index.ts';
import { pod } from './recorded.ts';

const PROBE_ENV = 'QUORUM_PROBE_PROFILE';

function profileNamed(name: string): Profile {
  return PROFILES.get(name) ?? assert.fail(name);
}

function portIn(containers: readonly object[], profile: string): number | null {
  const server = { name: 'server', image: 'any' };
  const text = JSON.stringify(
    pod('any-0', '10.0.0.1', { spec: { containers: [server, ...containers] } }),
  );
  const [read] = podsIn(objectsIn(Buffer.from(text)) ?? []);
  return probePortOf(read ?? assert.fail(text), profileNamed(profile));
}

const probe = (name: string, port: number, profile: string | null): object => ({
  name,
  image: 'quorum-probe:1',
  ports: [{ containerPort: port }],
  env: profile === null ? [] : [{ name: PROBE_ENV, value: profile }],
});

test('of two probes in one pod the one of the system is asked', () => {
  const both = [
    probe('quorum-probe', 4888, 'nifi'),
    probe('quorum-probe-zookeeper', 4889, 'zookeeper'),
  ];
  assert.equal(portIn(both, 'nifi'), 4888);
  assert.equal(portIn(both, 'zookeeper'), 4889);
  assert.equal(portIn(both, 'etcd'), null);
});

test('a probe that names no profile may be of any system, and a pod without one is not asked', () => {
  assert.equal(portIn([probe('quorum-probe', 4890, null)], 'etcd'), 4890);
  assert.equal(portIn([], 'etcd'), null);
});
