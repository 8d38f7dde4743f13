import assert from 'node:assert/strict';
import { before } from 'node:test';
import { clusterCase, seconds } from './case.ts';
import { type Ensemble, healthy, isReady, podOf, reportOf } from './ensemble.ts';
import { type Api, startApi } from './kubernetes.ts';
import { startNameServer } from './name-server.ts';
import { dropNamespace, makeNamespace } from './namespace.ts';
import { apply, type Overlay, renderExample } from './overlay.ts';
import { eventually } from './retry.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
/** Three pods, each of which waits thirty seconds for its name and is then watched for twenty. */
const ONE_BY_ONE_MS = 300_000;
const PATIENCE_MS = 120_000;

let api: Api;

before(async () => {
  api = await startApi();
});

/** The example one pod after the other, by a headless service that hides unready pods; with the rule for that. */
function ordered(namespace: string): Overlay {
  const full = `.zookeeper-headless.${namespace}.svc.cluster.local:`;
  return {
    components: ['components/observe', 'components/gate'],
    statefulSet: [{ op: 'replace', path: '/spec/podManagementPolicy', value: 'OrderedReady' }],
    headless: [{ op: 'remove', path: '/spec/publishNotReadyAddresses' }],
    zooCfg: (text) => text.replaceAll('.zookeeper-headless:', full),
    probe: { QUORUM_PROBE_BOOTSTRAP: 'true' },
  };
}

clusterCase(
  'whole',
  'OrderedReady with names that are not published forms by the bootstrap rule',
  async () => {
    const namespace = await makeNamespace('ordered');
    const ensemble: Ensemble = { namespace, api, pods: PODS };
    const from = performance.now();
    await apply(namespace, await renderExample(ordered(namespace)));
    await healthy(ensemble, ONE_BY_ONE_MS);
    return `healthy after ${seconds((performance.now() - from) / 1000)}`;
  },
);

clusterCase(
  'whole',
  "the bootstrap rule holds where the cluster's DNS has no upstream",
  async () => {
    const namespace = await makeNamespace('no-upstream');
    const nameserver = await startNameServer(await makeNamespace('name-server'));
    const searches = ['svc.cluster.local', 'cluster.local'];
    const pod = {
      dnsPolicy: 'None',
      dnsConfig: {
        nameservers: [nameserver],
        searches: [`${namespace}.${searches[0]}`, ...searches],
        options: [{ name: 'ndots', value: '5' }],
      },
    };
    const ensemble: Ensemble = { namespace, api, pods: PODS };
    const from = performance.now();
    await apply(namespace, await renderExample({ ...ordered(namespace), pod }));
    const report = await eventually({
      what: 'zookeeper-0 is ready by the bootstrap rule',
      withinMs: PATIENCE_MS,
      ask: async () => {
        const answer = await reportOf(ensemble, 'zookeeper-0');
        return answer.ready && isReady(await podOf(namespace, 'zookeeper-0')) ? answer : null;
      },
    });
    await dropNamespace(namespace);
    assert.deepEqual([report.bootstrap, report.verdict], [true, 'degraded']);
    assert.ok(report.findings.some(({ code }) => code === 'bootstrap-unpublished'));
    return `zookeeper-0 ready after ${seconds((performance.now() - from) / 1000)}, degraded`;
  },
);

clusterCase('whole', 'a wrong --service is reported by every probe', async () => {
  const namespace = await makeNamespace('service');
  const ensemble: Ensemble = { namespace, api, pods: PODS };
  const probe = { QUORUM_PROBE_SERVICE: 'other' };
  await apply(namespace, await renderExample({ probe }));
  const reports = await Promise.all(
    PODS.map((name) =>
      eventually({
        what: `${name} reports service-mismatch`,
        withinMs: PATIENCE_MS,
        ask: async () => {
          const report = await reportOf(ensemble, name);
          return report.findings.some(({ code }) => code === 'service-mismatch') ? report : null;
        },
      }),
    ),
  );
  for (const report of reports) assert.notEqual(report.verdict, 'healthy');
  return reports.map(({ member, verdict }) => `${member.name} ${verdict}`).join(', ');
});
