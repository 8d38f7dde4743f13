import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitOf } from '../lab/run-command.ts';
import { afterwards } from './afterwards.ts';
import { kubectl } from './kubernetes.ts';

/** What the API server has to say about objects that it would not keep: refusals and warnings. */
export async function dryRun(namespace: string, manifests: readonly object[]): Promise<string> {
  const apply = ['apply', '--dry-run=server', '--validate=strict', '--filename=-'];
  const child = spawn('kubectl', ['--namespace', namespace, ...apply], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // A rendered object may name the namespace that it is for, which does not exist here.
  const here = manifests.map((one) => ({ ...one, metadata: { ...metadataOf(one), namespace } }));
  child.stdin.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: here }));
  const code = await exitOf(child);
  return code === 0 ? said : `exit ${code}: ${said}`;
}

function metadataOf(manifest: object): object {
  return 'metadata' in manifest && typeof manifest.metadata === 'object'
    ? { ...manifest.metadata }
    : {};
}

/** The custom resources of the two operators, unless the cluster has them, and until the end. */
export async function makeDefinitions(): Promise<void> {
  const folder = process.env['QUORUM_CLUSTER_CRDS'];
  if (folder === undefined)
    throw new Error('QUORUM_CLUSTER_CRDS must name the folder of the definitions');
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const names = ['--output=name', '--ignore-not-found', `--filename=${path}`];
    const existing = await kubectl(['get', ...names]).catch(() => '');
    if (existing !== '') continue;
    await kubectl(['create', `--filename=${path}`]);
    afterwards(() => kubectl(['delete', '--wait=false', `--filename=${path}`]));
    await kubectl(['wait', '--for=condition=Established', '--timeout=60s', `--filename=${path}`]);
  }
}
