import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedJars } from '../jars.ts';
import { type Running, start, UIDS } from '../processes.ts';
import { ask, type Place, type System, type SystemEnsemble } from './system.ts';

const VERSION = '8.19.21';
const PROGRAM = 'LabNode.java';
const HEAP = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const CURL = ['curl', '--silent', '--fail', '--max-time', '1.5'];

/**
 * Three nodes with every role, of which any may be elected; Elasticsearch's own time-outs. With `peers`
 * their probes ask each other too.
 */
export async function elasticsearch(ask?: 'peers'): Promise<System> {
  const jars = await pinnedJars('elasticsearch', VERSION);
  const isTransport = (jar: string): boolean => /^(netty|transport)-/.test(basename(jar));
  return {
    profile: 'elasticsearch',
    label: ask === undefined ? 'elasticsearch' : 'elastic-asked',
    size: 3,
    observers: [],
    wordEveryMs: 500,
    ...(ask === undefined ? {} : { ask }),
    async prepare(place) {
      const transport = join(place.directory, 'modules', 'transport-netty4');
      await mkdir(transport, { recursive: true });
      for (const jar of jars.filter(isTransport)) {
        await symlink(jar, join(transport, basename(jar)));
      }
      await mkdir(join(place.directory, 'config'));
      await writeFile(join(place.directory, 'config', 'elasticsearch.yml'), settings(place));
      const program = fileURLToPath(new URL(`../elasticsearch/${PROGRAM}`, import.meta.url));
      await copyFile(program, join(place.directory, PROGRAM));
    },
    start: (place) =>
      startNode(
        place,
        jars.filter((jar) => !isTransport(jar)),
      ),
    form: async () => {},
    // Answered by the elected master: a node that has none, or cannot reach it, gives no answer in time.
    says: async (place) => {
      const health = await get(place, '_cluster/health?master_timeout=1s&timeout=1s');
      return health !== null && /"number_of_nodes":3\b/.test(health);
    },
  };
}

/** The member that the first one holds for the elected master. */
export async function electedMaster({ members }: SystemEnsemble): Promise<number> {
  const [first] = members;
  const address = first === undefined ? null : await get(first, '_cat/master?h=ip');
  const index = members.findIndex(({ pod }) => pod.address === address?.trim());
  if (index < 0) throw new Error(`no member is the elected master ${address}`);
  return index;
}

function get(place: Place, path: string): Promise<string | null> {
  return ask(place, [...CURL, `http://${place.pod.address}:9200/${path}`]);
}

function startNode({ directory, pod }: Place, modules: readonly string[]): Running {
  return start({
    namespace: pod.namespace,
    uid: UIDS.application,
    workingDirectory: directory,
    logFile: join(directory, 'elasticsearch.log'),
    command: [
      'java',
      ...HEAP,
      // Native libraries are unpacked there, and left behind by a kill.
      `-Djava.io.tmpdir=${directory}`,
      ...['--module-path', modules.join(':'), '--add-modules', 'ALL-MODULE-PATH,jdk.net'],
      PROGRAM,
      directory,
    ],
  });
}

function settings({ pod, fabric }: Place): string {
  const lines = [
    'cluster.name: lab',
    `node.name: ${pod.name}`,
    `network.host: ${pod.address}`,
    `discovery.seed_hosts: [${fabric.pods.map(({ address }) => `"${address}"`).join(', ')}]`,
    `cluster.initial_master_nodes: [${fabric.pods.map(({ name }) => name).join(', ')}]`,
  ];
  return `${lines.join('\n')}\n`;
}
