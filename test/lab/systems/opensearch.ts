import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedJars } from '../jars.ts';
import { start, UIDS } from '../processes.ts';
import { ask, type Place, type System, type SystemEnsemble } from './system.ts';

const VERSION = '2.19.6';
const PROGRAM = 'LabNode.java';
const HEAP = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const CURL = ['curl', '--silent', '--fail', '--max-time', '1.5'];

/** Three nodes with every role, of which any may be elected; OpenSearch's own time-outs. */
export async function opensearch(): Promise<System> {
  const classPath = (await pinnedJars('opensearch', VERSION)).join(':');
  return {
    profile: 'opensearch',
    label: 'opensearch',
    size: 3,
    observers: [],
    wordEveryMs: 500,
    async prepare(place) {
      await mkdir(join(place.directory, 'config'));
      await writeFile(join(place.directory, 'config', 'opensearch.yml'), settings(place));
      const program = fileURLToPath(new URL(`../opensearch/${PROGRAM}`, import.meta.url));
      await copyFile(program, join(place.directory, PROGRAM));
    },
    start: ({ directory, pod }) =>
      start({
        namespace: pod.namespace,
        uid: UIDS.application,
        workingDirectory: directory,
        logFile: join(directory, 'opensearch.log'),
        command: [
          'java',
          ...HEAP,
          // Native libraries are unpacked there, and left behind by a kill.
          `-Djava.io.tmpdir=${directory}`,
          ...['-cp', classPath, PROGRAM, directory],
        ],
      }),
    form: async () => {},
    // Answered by the elected node: one that has none, or cannot reach it, gives no answer in time.
    says: async (place) => {
      const health = await get(place, '_cluster/health?cluster_manager_timeout=1s&timeout=1s');
      return health !== null && /"number_of_nodes":3\b/.test(health);
    },
  };
}

/** The member that the first one holds for the elected cluster manager. */
export async function electedManager({ members }: SystemEnsemble): Promise<number> {
  const [first] = members;
  const address = first === undefined ? null : await get(first, '_cat/cluster_manager?h=ip');
  const index = members.findIndex(({ pod }) => pod.address === address?.trim());
  if (index < 0) throw new Error(`no member is the elected cluster manager ${address}`);
  return index;
}

function get(place: Place, path: string): Promise<string | null> {
  return ask(place, [...CURL, `http://${place.pod.address}:9200/${path}`]);
}

function settings({ pod, fabric }: Place): string {
  const lines = [
    'cluster.name: lab',
    `node.name: ${pod.name}`,
    `network.host: ${pod.address}`,
    `discovery.seed_hosts: [${fabric.pods.map(({ address }) => `"${address}"`).join(', ')}]`,
    `cluster.initial_cluster_manager_nodes: [${fabric.pods.map(({ name }) => name).join(', ')}]`,
  ];
  return `${lines.join('\n')}\n`;
}
