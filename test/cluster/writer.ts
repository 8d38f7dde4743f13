import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES } from './images.ts';
import { kubectlIn } from './kubernetes.ts';
import { eventually } from './retry.ts';

/** What a client of the client service saw while it wrote every 50 ms. */
export interface Written {
  readonly writes: number;
  readonly longestGapMs: number;
}

const FILES = ['writer.ts', 'jute.ts'];

/** Starts the lab's writing client as a pod, through the client service; gives what ends it. */
export async function startWriter(namespace: string): Promise<() => Promise<Written>> {
  const lab = join(import.meta.dirname, '../lab');
  const data = Object.fromEntries(
    FILES.map((name) => [name, readFileSync(join(lab, name), 'utf8')]),
  );
  const files = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'writer' }, data };
  const list = { apiVersion: 'v1', kind: 'List', items: [files, POD] };
  await kubectlIn(namespace, ['apply', '--filename=-'], JSON.stringify(list));
  const times = async (): Promise<number[]> => {
    const log = await kubectlIn(namespace, ['logs', 'writer', '--tail=-1']);
    return log.split('\n').filter(Boolean).map(Number).filter(Number.isFinite);
  };
  await eventually({
    what: 'the client has written',
    withinMs: 30_000,
    ask: async () => ((await times()).length > 0 ? true : null),
  });
  return async () => {
    const written = await times();
    await kubectlIn(namespace, ['delete', 'pod', 'writer', '--grace-period=1']);
    const gaps = written.map((time, index) => time - (written[index - 1] ?? time));
    return { writes: written.length, longestGapMs: Math.max(...gaps) };
  };
}

/** The project's own image has a Node.js that runs TypeScript as it is. */
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'writer' },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'writer',
        image: IMAGES.probe,
        command: ['/nodejs/bin/node', '/writer/writer.ts', '2181', 'zookeeper'],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'files', mountPath: '/writer' }],
      },
    ],
    volumes: [{ name: 'files', configMap: { name: 'writer' } }],
  },
};
