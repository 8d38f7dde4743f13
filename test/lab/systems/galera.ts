import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { ask, type Place, type System } from './system.ts';

/** Three nodes of MariaDB; the first to start makes the cluster, as an operator does it once. */
export function galera(): System {
  const hasRun = new Set<string>();
  return {
    profile: 'galera',
    label: 'galera',
    size: 3,
    observers: [],
    wordEveryMs: 500,
    prepare,
    start(place) {
      const { directory, pod } = place;
      const makes = pod.index === 0 && !hasRun.has(pod.name);
      hasRun.add(pod.name);
      return start({
        namespace: pod.namespace,
        uid: UIDS.application,
        workingDirectory: directory,
        logFile: join(directory, 'mariadb.log'),
        command: [
          'mariadbd',
          `--defaults-file=${join(directory, 'my.cnf')}`,
          ...(makes ? ['--wsrep-new-cluster'] : []),
        ],
      });
    },
    form: async () => {},
    says: async (place) => (await status(place, 'wsrep_cluster_status')) === 'Primary',
  };
}

async function prepare(place: Place): Promise<void> {
  const data = join(place.directory, 'data');
  await mkdir(data);
  await writeFile(join(place.directory, 'my.cnf'), configuration(place));
  await run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--user=root',
  ]);
}

async function status(place: Place, name: string): Promise<string | null> {
  const answer = await ask(place, [
    'mariadb',
    '--no-defaults',
    `--socket=${join(place.directory, 'socket')}`,
    '--user=root',
    '--batch',
    '--skip-column-names',
    `--execute=SHOW STATUS LIKE '${name}'`,
  ]);
  return answer?.trim().split('\t')[1] ?? null;
}

function configuration({ directory, pod, fabric }: Place): string {
  const members = fabric.pods.map(({ address }) => address).join(',');
  return [
    '[mysqld]',
    `datadir=${join(directory, 'data')}`,
    `socket=${join(directory, 'socket')}`,
    `pid-file=${join(directory, 'pid')}`,
    'bind-address=0.0.0.0',
    'binlog_format=ROW',
    'innodb_buffer_pool_size=32M',
    'innodb_autoinc_lock_mode=2',
    'wsrep_on=ON',
    'wsrep_provider=/usr/lib/galera/libgalera_smm.so',
    'wsrep_cluster_name=lab',
    `wsrep_cluster_address=gcomm://${members}`,
    `wsrep_node_address=${pod.address}`,
    `wsrep_node_name=${pod.name}`,
    'wsrep_sst_method=rsync',
    '',
  ].join('\n');
}
