import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { EnsembleDiagnosis } from '../../src/model/diagnosis.ts';
import { diagnosisSchema } from '../../src/model/diagnosis-schema.ts';
import { type Ran, runWith, withProgram } from '../commands/diagnose/recorded.ts';
import { seconds } from './case.ts';
import { kubectl, kubectlIn } from './kubernetes.ts';
import { eventually } from './retry.ts';

/** What the cases of a file write goes here. */
export const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-diagnose-'));
after(() => rmSync(folder, { recursive: true }));

export const ZOOKEEPER = 'statefulset/zookeeper';
export const HEALTHY = /^HEALTHY {2}3 of 3 voters in quorum/;

/** Until a new ensemble serves. */
export const START_MS = 240_000;
/** A silent peer is given up after the sync limit, and its name kept by the JVM for half a minute. */
export const SHOWN_MS = 180_000;

export interface Timed extends Omit<Ran, 'calls'> {
  readonly ms: number;
}

/** Diagnoses a StatefulSet of a namespace with the kubectl on the PATH. */
export async function diagnose(
  namespace: string,
  words: readonly string[] = [],
  target = ZOOKEEPER,
): Promise<Timed> {
  const startMs = performance.now();
  const ran = await runWith([target, '-n', namespace, ...words], (flags) => ({
    ...withProgram('kubectl', flags),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }));
  return { ...ran, ms: performance.now() - startMs };
}

/** Diagnoses until all is well and as wanted, and gives what a program reads. */
export function diagnosis(
  namespace: string,
  words: readonly string[] = [],
  isWanted: (diagnosed: EnsembleDiagnosis) => boolean = () => true,
): Promise<EnsembleDiagnosis> {
  return eventually({
    what: 'the diagnosis is the wanted one',
    withinMs: SHOWN_MS,
    async ask() {
      const { out, error, ms } = await diagnose(namespace, [...words, '--json']);
      assert.equal(error, '');
      const diagnosed = diagnosisSchema.parse(JSON.parse(out));
      const { health, summary, gaps } = diagnosed;
      if (health === 'healthy' && isWanted(diagnosed)) return diagnosed;
      console.log(`  ${seconds(ms / 1_000)}: ${[summary, ...gaps].join('\n    ')}`);
      return null;
    },
  });
}

export interface Expected {
  readonly line: RegExp;
  readonly code: number;
  readonly withinMs?: number;
  readonly words?: readonly string[];
  readonly target?: string;
  /** What else stands in the text. */
  readonly text?: RegExp;
  /** What is done before each attempt. */
  readonly first?: () => Promise<unknown>;
}

/** Diagnoses until the first line is the expected one, and gives what the table is to show. */
export async function shows(
  namespace: string,
  { line, code, withinMs = SHOWN_MS, words = [], target = ZOOKEEPER, text, first }: Expected,
): Promise<string> {
  let last = '';
  const ran = await eventually({
    what: `the first line is ${line.source}`,
    withinMs,
    async ask() {
      await first?.();
      const one = await diagnose(namespace, words, target);
      if (one.first !== last) console.log(`  ${seconds(one.ms / 1_000)}: ${one.first}${one.error}`);
      last = one.first;
      return line.test(one.first) ? one : null;
    },
  });
  console.log(ran.out.replace(/^/gm, '    '));
  assert.equal(ran.code, code, ran.out);
  if (text !== undefined) assert.match(ran.out, text);
  return `"${ran.first}" in ${seconds(ran.ms / 1_000)}`;
}

/** One rule of a Role. */
export interface Right {
  readonly groups?: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The path of a kubeconfig that acts as a user with these rights in a namespace, and no others anywhere. */
export async function userWith(
  namespace: string,
  name: string,
  rights: readonly Right[],
): Promise<string> {
  const metadata = { name };
  const rules = rights.map(({ groups = [''], resources, verbs }) => ({
    apiGroups: groups,
    resources,
    verbs,
  }));
  const api = 'rbac.authorization.k8s.io';
  const objects = [
    { apiVersion: `${api}/v1`, kind: 'Role', metadata, rules },
    {
      ...{ apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata },
      roleRef: { apiGroup: api, kind: 'Role', name },
      subjects: [{ apiGroup: api, kind: 'User', name }],
    },
  ];
  for (const object of objects) {
    await kubectlIn(namespace, ['apply', '--filename=-'], JSON.stringify(object));
  }
  const config = JSON.parse(
    await kubectl(['config', 'view', '--raw', '--flatten', '--output=json']),
  );
  for (const { user } of config.users) user.as = name;
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

export const PODS: Right = { resources: ['pods'], verbs: ['get', 'list'] };
export const EXEC: Right = { resources: ['pods/exec'], verbs: ['create'] };
export const STATEFUL_SETS: Right = {
  groups: ['apps'],
  resources: ['statefulsets'],
  verbs: ['get'],
};
/** What a port-forward is not allowed by. */
export const PROXY: Right = { resources: ['pods/proxy'], verbs: ['get'] };
