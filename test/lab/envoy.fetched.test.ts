import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ENVOY_ADMIN_PORT } from '../../src/evidence/envoy-admin.ts';
import { envoyPaths } from '../../src/evidence/envoy-paths.ts';
import { field, listField, textField } from '../../src/evidence/json-fields.ts';
import type { Report } from '../../src/model/report.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import { ISTIO_VERSION } from './envoy.ts';
import type { Pod } from './fabric.ts';
import { type Delivery, ENVOY, type EnvoyOptions } from './mesh.ts';
import { meshSuite } from './mesh-suite.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { run } from './run-command.ts';
import { settled } from './scenario.ts';
import { PORTS } from './zookeeper.ts';

const skip = await missing(NEEDS.envoy);

/** The admin is asked each 30 s. */
const ASKED_WITHIN_MS = 45_000;
/** Envoy drops hosts of an ORIGINAL_DST cluster that were not used for 5 s. */
const FORGOTTEN_WITHIN_MS = 60_000;
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

  it('answers the narrowed questions with nothing of other services', async () => {
    const [pod] = ensemble.fabric.pods;
    assert.ok(pod);
    const ports = Object.values(PORTS);
    const paths = envoyPaths(ports, [PORTS.quorum, PORTS.election], [pod.address]);
    const clusters = namesIn(await adminOf(pod, paths.clusters));
    assert.deepEqual(new Set(clusters), new Set(ports.map((port) => `inbound|${port}||`)));
    assert.deepEqual(namesIn(await adminOf(pod, paths.listeners)), ['virtualInbound']);
    const all = namesIn(await adminOf(pod, '/config_dump?resource=dynamic_active_clusters'));
    assert.ok(all.some((name) => name.startsWith('outbound|')));
    const hosts = namesIn(await adminOf(pod, paths.peers));
    assert.ok(hosts.some((name) => name.startsWith(`outbound|${PORTS.election}|`)));
    for (const name of hosts) {
      assert.match(name, /^(?:outbound\|(?:2888|3888)\||PassthroughCluster$)/);
    }
  });

  it('keeps the failed connects that Envoy forgets', async () => {
    const [survivor, ...others] = ensemble.members;
    assert.ok(survivor);
    // Without their proxies too: what they do not take is refused to the dialling proxy itself.
    await Promise.all(others.flatMap(({ proxy, server }) => [proxy?.stop(), server.stop()]));
    const failed = (report: Report | null): boolean =>
      others.every(({ pod }) =>
        report?.asked.envoy?.connectFailures.some(
          ({ address, failures }) => address === pod.address && failures > 0,
        ),
      );
    const reportOf = (states: readonly { readonly report: Report | null }[]): Report | null =>
      states[survivor.pod.index]?.report ?? null;
    await ensemble.watch.until('the failed connects are seen', 60_000, (states) =>
      failed(reportOf(states)),
    );
    await survivor.server.stop();
    const url = envoyPaths([], [PORTS.quorum, PORTS.election], []).peers;
    const untilMs = performance.now() + FORGOTTEN_WITHIN_MS;
    while (/cx_connect_fail/.test(await adminOf(survivor.pod, url))) {
      assert.ok(performance.now() < untilMs, 'Envoy forgets no host');
      await delay(500);
    }
    assert.ok(failed(reportOf(ensemble.watch.states)));
  });

  function everyReport(what: string, condition: (report: Report) => boolean): Promise<void> {
    return ensemble.watch.until(what, ASKED_WITHIN_MS, (states) =>
      states.every(({ report }) => report !== null && condition(report)),
    );
  }
});

/** The admin's answer, asked from inside the pod. */
function adminOf(pod: Pod, path: string): Promise<string> {
  const url = `http://127.0.0.1:${ENVOY_ADMIN_PORT}${path}`;
  return run('ip', ['netns', 'exec', pod.namespace, 'curl', '--silent', '--globoff', url]);
}

/** The names of clusters or listeners in an answer. */
function namesIn(text: string): string[] {
  const answer: unknown = JSON.parse(text);
  return [...listField(answer, 'configs'), ...listField(answer, 'cluster_statuses')].flatMap(
    (entry) => textField(field(entry, 'cluster') ?? entry, 'name') ?? [],
  );
}

/** What the admin said: the version, and how the election port is delivered and secured. */
function answered(report: Report | null): (string | null | undefined)[] {
  const envoy = report?.asked.envoy;
  const port = envoy?.ports.find((each) => each.port === 3888);
  return [envoy?.version, port?.delivery, port?.mtls];
}
