import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import { ISTIO_VERSION } from './envoy.ts';
import { type Delivery, ENVOY, type EnvoyOptions } from './mesh.ts';
import { meshSuite } from './mesh-suite.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { settled } from './scenario.ts';

const skip = await missing(NEEDS.envoy);

/** The admin is asked each 30 s. */
const ASKED_WITHIN_MS = 45_000;
const FINDING = 'mesh-loopback-delivery';

meshSuite({ network: 'mesh, Envoy', skip, mesh: ENVOY });

describe('a real Envoy whose admin is asked', { skip }, () => {
  let ensemble: Ensemble;
  let delivery: Delivery = 'loopback';
  let mtls: EnvoyOptions['mtls'] = 'disable';

  before(async () => {
    const mesh = {
      ...ENVOY,
      get delivery() {
        return delivery;
      },
      get mtls() {
        return mtls;
      },
    };
    ensemble = await createEnsemble({
      label: 'admin',
      size: 3,
      mesh,
      agentArguments: (pod, fabric) => [
        `--members=${fabric.pods.map(({ address }) => address).join(',')}`,
        `--pod-ip=${pod.address}`,
        '--ask=envoy',
      ],
    });
    await startTogether(ensemble);
  });
  after(() => ensemble.stop());

  it('confirms delivery to loopback and names the setting of that Istio', async () => {
    const began = Date.now();
    await everyReport('the finding is confirmed', ({ findings }) =>
      findings.some(({ code, certainty }) => code === FINDING && certainty === 'confirmed'),
    );
    record({
      ...nothingHappened('mesh, Envoy', 'start, old loopback delivery, the admin asked'),
      notReady: 0,
      finding: { name: FINDING, seconds: (Date.now() - began) / 1000 },
    });
    for (const { report, readyz } of ensemble.watch.states) {
      const finding = report?.findings.find(({ code }) => code === FINDING);
      assert.match(finding?.cause ?? '', /inboundTrafficPolicy/);
      assert.equal(readyz, 503);
      assert.deepEqual(answered(report), [ISTIO_VERSION, 'loopback', 'disable']);
    }
  });

  it('sees the delivery and the mTLS mode change with the mesh', async () => {
    delivery = 'passthrough';
    mtls = 'strict';
    for (const { proxy, server } of ensemble.members) {
      await Promise.all([proxy?.stop(), server.stop()]);
      await Promise.all([proxy?.start(), server.start()]);
    }
    await settled(ensemble);
    await everyReport('the admin says so', (report) => {
      const [version, way, mode] = answered(report);
      return version === ISTIO_VERSION && way === 'original-destination' && mode === 'strict';
    });
    for (const { report } of ensemble.watch.states) assert.equal(report?.verdict, 'healthy');
  });

  function everyReport(what: string, condition: (report: Report) => boolean): Promise<void> {
    return ensemble.watch.until(what, ASKED_WITHIN_MS, (states) =>
      states.every(({ report }) => report !== null && condition(report)),
    );
  }
});

/** What the admin said: the version, and how the election port is delivered and secured. */
function answered(report: Report | null): (string | null | undefined)[] {
  const envoy = report?.asked.envoy;
  const port = envoy?.ports.find((each) => each.port === 3888);
  return [envoy?.version, port?.delivery, port?.mtls];
}
