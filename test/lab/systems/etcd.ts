import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { workspace } from '../workspace.ts';
import { ask, type System } from './system.ts';

/** Three members of Debian's release with etcd's own time-outs. */
export const etcd: System = etcdBy('etcd', 'etcd');

/** The same of the newest release, built from its published module. */
export async function newestEtcd(): Promise<System> {
  const program = join(workspace().directory, 'etcd-program');
  const sources = fileURLToPath(new URL('../etcd/', import.meta.url));
  await run('go', ['build', '-C', sources, '-o', program, '-trimpath', '-buildvcs=false', '.']);
  return etcdBy(program, 'etcd-newest');
}

function etcdBy(program: string, label: string): System {
  return {
    profile: 'etcd',
    label,
    size: 3,
    observers: [],
    wordEveryMs: 500,
    prepare: async () => {},
    start: ({ directory, pod, fabric }) =>
      start({
        namespace: pod.namespace,
        uid: UIDS.application,
        workingDirectory: directory,
        logFile: join(directory, 'etcd.log'),
        command: [
          program,
          ...['--name', pod.name, '--data-dir', join(directory, 'data')],
          ...['--listen-peer-urls', `http://${pod.address}:2380`],
          ...['--initial-advertise-peer-urls', `http://${pod.address}:2380`],
          ...['--listen-client-urls', 'http://0.0.0.0:2379'],
          ...['--advertise-client-urls', `http://${pod.address}:2379`],
          '--initial-cluster',
          fabric.pods.map(({ name, address }) => `${name}=http://${address}:2380`).join(','),
        ],
      }),
    form: async () => {},
    says: async (place) =>
      (await ask(place, [
        'env',
        'ETCDCTL_API=3',
        'etcdctl',
        '--command-timeout=1s',
        'endpoint',
        'health',
      ])) !== null,
  };
}
