import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { parseAllDocuments, stringify } from 'yaml';
import * as z from 'zod';
import { isProven } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { authority } from '../certificates.ts';
import { SYSTEMS } from '../deploy/overlays.ts';
import { deployFolder } from '../deploy/render.ts';
import { FIXTURES, injected, WAYS } from '../inject/fixtures.ts';
import { exitOf } from '../lab/run-command.ts';
import { afterwards } from './afterwards.ts';
import { clusterCase, seconds } from './case.ts';
import { isReady, podOf } from './ensemble.ts';
import { IMAGES } from './images.ts';
import { type Api, kubectlIn, startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { renderExample } from './overlay.ts';
import { eventually } from './retry.ts';
import { openShell, type Shell } from './shell.ts';
import { dryRun } from './strict.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 240_000;

let api: Api;
let namespace: string;
let shell: Shell;

before(async () => {
  api = await startApi();
  // Not every fixture obeys Pod Security, which would be a warning of its own.
  namespace = await makeNamespace('inject', 'privileged');
  shell = await openShell(namespace);
});

const set = z.looseObject({
  kind: z.literal('StatefulSet'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    serviceName: z.string().optional(),
    selector: z.unknown().optional(),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
    }),
  }),
});

const list = z.looseObject({
  kind: z.string().endsWith('List'),
  items: z.array(z.looseObject({ kind: z.string() })),
});

/** The StatefulSets of a text as a cluster could take them: with the selector that a fixture may have left out. */
function setsIn(text: string): z.infer<typeof set>[] {
  const documents = [parseAllDocuments(text, { merge: true, uniqueKeys: false })].flat();
  return documents.flatMap((document) => {
    const value: unknown = document.toJS();
    const { data } = list.safeParse(value);
    return (data?.items ?? [value]).flatMap((item) => {
      const { data: found } = set.safeParse(item);
      if (found === undefined) return [];
      const { selector = { matchLabels: found.spec.template.metadata.labels } } = found.spec;
      return [{ ...found, spec: { ...found.spec, selector } }];
    });
  });
}

clusterCase(
  'whole',
  'the API server takes what inject makes of every fixture and example, and of it again',
  async () => {
    const full = readFileSync(join(deployFolder, '../test/fixtures/statefulset/full.yaml'), 'utf8');
    const inputs: (readonly [string, string, readonly string[]])[] = [
      ...[...FIXTURES].map(([name, text]) => [name, text, []] as const),
      ['the ZooKeeper example without its probe', await renderExample({ components: [] }), []],
      ...SYSTEMS.map((system) => [system, full, [`--profile=${system}`]] as const),
    ];
    const complaints: string[] = [];
    const leftOut: string[] = [];
    let sets = 0;
    for (const [name, text, more] of inputs) {
      const before = setsIn(text);
      if (before.length === 0) continue;
      // What is refused by itself says nothing of what inject adds to it.
      if ((await dryRun(namespace, before)) !== '') {
        leftOut.push(name);
        continue;
      }
      // Its report says that two containers want one port, which on the host's network is refused.
      if (/also (declares|has a) port/.test(injected(text, ...more).report.join())) {
        leftOut.push(name);
        continue;
      }
      const profile = PROFILES.get(name);
      const ways =
        profile === undefined || isProven(profile)
          ? WAYS
          : WAYS.filter((way) => !way.includes('--gate'));
      const texts = ways.map((way) => injected(text, ...way, ...more).text);
      for (const once of texts) {
        assert.equal(injected(once, '--remove').text, text);
        sets += setsIn(once).length;
      }
      for (const [index, way] of ways.entries()) {
        assert.equal(injected(texts[index] ?? '', ...way, ...more).text, texts[index]);
      }
      // Under names of their own, so that one request has all.
      const named = texts.flatMap((once, index) =>
        setsIn(once).map((one) => ({
          ...one,
          metadata: { ...one.metadata, name: `way-${index}-${one.metadata.name}` },
        })),
      );
      const said = await dryRun(namespace, named);
      if (said !== '') complaints.push(`${name}: ${said}`);
    }
    assert.deepEqual(complaints, []);
    assert.ok(sets > 100, `${sets} sets`);
    return `${sets} StatefulSets in ${WAYS.length} ways, twice and back: no refusal, no warning; not tried, as refused by themselves or for a port: ${leftOut.join(', ') || 'none'}`;
  },
);

/** Runs a line of a user's shell and gives what it printed. */
async function shellRuns(line: string): Promise<string> {
  const [program, args, options] = shell.command(line);
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  assert.equal(await exitOf(child), 0, line);
  return said;
}

clusterCase('whole', 'Helm asks the API server for what the post-renderer gives it', async () => {
  cpSync(join(deployFolder, '../test/fixtures/chart'), join(shell.folder, 'chart'), {
    recursive: true,
  });
  const words = ['--gate', `--image=${IMAGES.probe}`].map((word) => `--post-renderer-args=${word}`);
  const install = 'helm upgrade --install zk chart --dry-run=server --post-renderer quorum-probe';
  const said = await shellRuns(`${install} ${words.join(' ')}`);
  assert.match(said, /STATUS: pending-install/);
  assert.match(said, /name: quorum-probe\n/);
  return 'accepted';
});

const INJECT = `quorum-probe inject --gate --native-sidecar --hold --web-config-secret=web --image=${IMAGES.probe}`;

/** A Secret as `inject --web-config-secret` asks for it. */
async function makeSecret(): Promise<void> {
  const trust = authority({ after: afterwards });
  const names = PODS.map((pod) => `DNS:${pod}.zookeeper-headless.${namespace}`);
  const { cert, key } = trust.issue('zookeeper', ...names);
  const files = {
    'web.yaml': stringify({ tls_server_config: { cert_file: 'tls.crt', key_file: 'tls.key' } }),
    'peers.yaml': stringify({ tls_config: { ca_file: 'ca.crt' } }),
    'tls.crt': trust.textOf(cert),
    'tls.key': trust.textOf(key),
    'ca.crt': trust.textOf(trust.ca),
  };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, stringData: files };
  await kubectlIn(namespace, ['apply', '--filename=-'], JSON.stringify(secret));
}

async function allReady(what: string, withProbe: boolean): Promise<void> {
  await eventually({
    what,
    withinMs: PATIENCE_MS,
    ask: async () => {
      const pods = await Promise.all(PODS.map((pod) => podOf(namespace, pod)));
      const probed = pods.filter(({ status }) =>
        status.initContainerStatuses?.some(({ name }) => name === 'quorum-probe'),
      );
      return pods.every(isReady) && probed.length === (withProbe ? PODS.length : 0) ? true : null;
    },
  });
}

clusterCase(
  'whole',
  'kustomize, inject and kubectl in a pipe: gated, held, behind TLS, and the kubelet gets through; again; and back',
  async () => {
    writeFileSync(join(shell.folder, 'set.yaml'), await renderExample({ components: [] }));
    writeFileSync(
      join(shell.folder, 'kustomization.yaml'),
      'resources: [set.yaml]\nlabels: [{pairs: {team: a}}]\n',
    );
    await makeSecret();
    const pipe = `kubectl kustomize . | ${INJECT} | kubectl apply -f -`;
    const from = performance.now();
    const after = () => seconds((performance.now() - from) / 1000);
    await shellRuns(pipe);
    await allReady('all gated pods are ready, asked at the plain port', true);
    const ready = after();
    for (const pod of PODS) {
      const report = await eventually({
        what: `${pod} is healthy behind TLS, and hears its peers`,
        withinMs: PATIENCE_MS,
        ask: async () => {
          const path = `/api/v1/namespaces/${namespace}/pods/https:${pod}:4888/proxy`;
          const { status, body } = await api.get(`${path}/api/v1/report`);
          if (status !== 200) throw new Error(body);
          const report: Report = JSON.parse(body);
          return report.verdict === 'healthy' ? report : null;
        },
      });
      const heard = report.asked?.peers?.map(({ state }) => state) ?? [];
      assert.deepEqual(heard, ['answered', 'answered'], pod);
    }
    const generation = 'kubectl get statefulset zookeeper --output=jsonpath={.metadata.generation}';
    const before = await shellRuns(generation);
    await shellRuns(pipe);
    assert.equal(await shellRuns(generation), before, 'the second time changes nothing');
    await shellRuns(
      `kubectl kustomize . | ${INJECT} | quorum-probe inject --remove | kubectl apply -f -`,
    );
    await allReady('the probe has been taken out of all pods', false);
    return `ready after ${ready}, nothing changed by a second time, taken out after ${after()}`;
  },
);
