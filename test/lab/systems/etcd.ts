import { join } from 'node:path';
import { start, UIDS } from '../processes.ts';
import { ask, type System } from './system.ts';

/** Three members with etcd's own time-outs. */
export const etcd: System = {
  profile: 'etcd',
  label: 'etcd',
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
        'etcd',
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
