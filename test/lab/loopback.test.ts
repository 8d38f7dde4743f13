import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchAgreement } from './agreement.ts';
import { sourcesAgree } from './both-sources.ts';
import { createEnsemble, startTogether } from './ensemble.ts';
import { HAPROXY } from './mesh.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { settled } from './scenario.ts';
import { collectAlarms } from './steady-scenarios.ts';

const MESH = { ...HAPROXY, delivery: 'loopback' } as const;
const FINDING = 'mesh-loopback-delivery';
const FINDING_PATIENCE_MS = 30_000;
const WATCHED_MS = 10_000;

const skip = await missing(NEEDS.mesh);

describe('three members behind a mesh that delivers to 127.0.0.1', {
  skip,
  concurrency: true,
}, () => {
  it('names the mesh where peer ports listen on the pod address only', async () => {
    const ensemble = await createEnsemble({ label: 'loopback', size: 3, mesh: MESH });
    try {
      const agreement = watchAgreement(ensemble);
      const named = Promise.all(
        ensemble.members.map(({ pod }) =>
          ensemble.watch.when(
            pod.index,
            FINDING_PATIENCE_MS,
            ({ report }) => report?.findings.some(({ code }) => code === FINDING) ?? false,
          ),
        ),
      );
      await startTogether(ensemble);
      const namedMs = await named;
      const slowestMs = Math.max(...namedMs.map((ms) => ms ?? Number.POSITIVE_INFINITY));
      record({
        ...nothingHappened('mesh, old loopback delivery', 'start, pod-IP listeners'),
        notReady: 0,
        finding: { name: FINDING, seconds: slowestMs / 1000 },
      });
      await ensemble.watch.until('no member is ready', WATCHED_MS, (states) =>
        states.every(({ readyz }) => readyz === 503),
      );
      await sourcesAgree(ensemble.watch, ensemble.fabric, 'the mesh delivers to loopback');
      for (const state of ensemble.watch.states) {
        assert.equal(state.report?.role, 'looking');
        assert.equal(state.report.ready, false);
        assert.equal(state.mode, 'not-serving');
      }
      assert.ok(Number.isFinite(slowestMs), `${FINDING} named after ${namedMs} ms`);
      assert.deepEqual(await agreement.take(), []);
    } finally {
      await ensemble.stop();
    }
  });

  it('is content where they listen on all addresses', async () => {
    const server = { configuration: ['quorumListenOnAllIPs=true'] };
    const ensemble = await createEnsemble({ label: 'wildcard', size: 3, mesh: MESH, server });
    try {
      const agreement = watchAgreement(ensemble);
      await startTogether(ensemble);
      await settled(ensemble);
      const alarms = collectAlarms(ensemble);
      await sleep(WATCHED_MS);
      record(nothingHappened('mesh, old loopback delivery', 'healthy, wildcard listeners'));
      assert.deepEqual(alarms(), []);
      assert.deepEqual(await agreement.take(), []);
      for (const { report } of ensemble.watch.states) {
        assert.deepEqual(report?.mesh, { kind: 'istio-sidecar', inbound: 'loopback' });
      }
    } finally {
      await ensemble.stop();
    }
  });
});
