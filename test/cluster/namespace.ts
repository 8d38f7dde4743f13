import { afterwards } from './afterwards.ts';
import { kubectl } from './kubernetes.ts';

/** The level of Pod Security that a namespace enforces. */
type Level = 'restricted' | 'privileged';

/** Every namespace of the tests bears this label, so that what an aborted run left can be found. */
export const OURS = 'quorum-probe-test';

/** Whether the cluster goes away after the cases: nobody needs to wait until a namespace is gone. */
const DISPOSABLE = process.env['QUORUM_CLUSTER_DISPOSABLE'] === '1';

/** Makes a namespace that goes away, with all that is in it, after the tests of this file. */
export async function makeNamespace(purpose: string, level: Level = 'restricted'): Promise<string> {
  const name = `${OURS}-${purpose}-${process.pid}`;
  const security = 'pod-security.kubernetes.io';
  const labels = {
    [OURS]: purpose,
    [`${security}/enforce`]: level,
    [`${security}/enforce-version`]: 'latest',
    [`${security}/warn`]: level,
    [`${security}/warn-version`]: 'latest',
  };
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  await kubectl(['create', '--filename=-'], JSON.stringify(manifest));
  const wait = DISPOSABLE ? ['--wait=false'] : ['--timeout=120s'];
  afterwards(() => kubectl(['delete', 'namespace', name, '--ignore-not-found', ...wait]));
  return name;
}

/** Begins to remove a namespace that no case needs any more, which frees the node for the next. */
export async function dropNamespace(name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--wait=false']);
}
