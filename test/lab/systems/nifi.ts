import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedJars } from '../jars.ts';
import { type Running, start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { workspace } from '../workspace.ts';
import { ask, type Place, type System, type SystemEnsemble } from './system.ts';

const VERSION = '1.28.1';
const HEAP = ['-Xms48m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const PORTS = { web: 8080, protocol: 11443, zookeeper: 2181 } as const;
const PROVIDERS = 'org.apache.nifi.controller.state.providers';

/**
 * Three nodes with NiFi's own time-outs and its embedded ZooKeeper. The framework is the published one;
 * its web application is not published, so that only the web port is a stand-in's (`nifi/Node.java`).
 */
export async function nifi(): Promise<System> {
  const jars = await pinnedJars('nifi', VERSION);
  const compiled = join(workspace().directory, 'nifi-node');
  const source = fileURLToPath(new URL('../nifi/Node.java', import.meta.url));
  await run('javac', ['-cp', jars.join(':'), '-d', compiled, source]);
  const classPath = [compiled, ...jars].join(':');
  return {
    profile: 'nifi',
    label: 'nifi',
    size: 3,
    observers: [],
    wordEveryMs: 1000,
    prepare,
    start: (place) => startNiFi(place, classPath),
    form: async () => {},
    says: async (place) => (await web(place))[0] === `CONNECTED ${place.fabric.pods.length}`,
  };
}

interface Nodes {
  /** Whom the others send their heartbeats to. */
  readonly coordinator: number;
  readonly other: number;
  readonly third: number;
}

/** Who is who, by the word of the nodes. */
export async function nodesOf({ members }: SystemEnsemble): Promise<Nodes> {
  for (const member of members) {
    const [, address] = await web(member);
    const coordinator = members.findIndex(({ pod }) => pod.address === address);
    if (coordinator < 0) continue;
    return { coordinator, other: (coordinator + 1) % 3, third: (coordinator + 2) % 3 };
  }
  throw new Error('no node knows a coordinator');
}

/** How many nodes are in which state, and the coordinator's address, in one node's view. */
async function web(place: Place): Promise<string[]> {
  const url = `http://${place.pod.address}:${PORTS.web}/`;
  return (await ask(place, ['curl', '--silent', url]))?.split('\n') ?? [];
}

function startNiFi({ directory, pod }: Place, classPath: string): Running {
  return start({
    namespace: pod.namespace,
    uid: UIDS.application,
    workingDirectory: directory,
    logFile: join(directory, 'nifi.log'),
    command: [
      'java',
      ...HEAP,
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      ...['-cp', classPath, 'Node', join(directory, 'nifi.properties')],
    ],
  });
}

async function prepare({ directory, pod, fabric }: Place): Promise<void> {
  const zookeepers = fabric.pods.map(({ address }) => `${address}:${PORTS.zookeeper}`).join(',');
  await mkdir(join(directory, 'zookeeper'));
  await writeFile(join(directory, 'zookeeper', 'myid'), `${pod.index + 1}\n`);
  await writeFile(
    join(directory, 'zookeeper.properties'),
    lines(
      'tickTime=2000',
      'initLimit=10',
      'syncLimit=5',
      `dataDir=${join(directory, 'zookeeper')}`,
      `clientPort=${PORTS.zookeeper}`,
      ...fabric.pods.map(({ index, address }) => `server.${index + 1}=${address}:2888:3888`),
    ),
  );
  await writeFile(join(directory, 'state-management.xml'), stateManagement(zookeepers));
  // NiFi looks its own name and its peers' up, and would wait seconds for each answer.
  await writeFile(
    join(workspace().etcOf(pod.namespace), 'hosts'),
    lines(
      `${pod.address} ${hostname()}`,
      ...fabric.pods.map(({ address, name }) => `${address} ${name}`),
    ),
  );
  // The framework's own bundle, whose classes the class path holds already.
  const bundle = join(directory, 'work', 'framework', 'nifi-framework-nar', 'META-INF');
  await mkdir(bundle, { recursive: true });
  await writeFile(
    join(bundle, 'MANIFEST.MF'),
    lines(
      'Manifest-Version: 1.0',
      'Nar-Group: org.apache.nifi',
      'Nar-Id: nifi-framework-nar',
      `Nar-Version: ${VERSION}`,
    ),
  );
  await writeFile(
    join(directory, 'nifi.properties'),
    lines(
      ...['flow.configuration.file=./flow.xml.gz', 'flow.configuration.json.file=./flow.json.gz'],
      ...['nar.library.directory=.', 'nar.working.directory=work', 'database.directory=database'],
      'flowcontroller.graceful.shutdown.period=10 sec',
      'flowfile.repository.directory=flowfiles',
      'content.repository.directory.default=content',
      'state.management.configuration.file=state-management.xml',
      'state.management.provider.local=local',
      'state.management.provider.cluster=cluster',
      'state.management.embedded.zookeeper.start=true',
      'state.management.embedded.zookeeper.properties=zookeeper.properties',
      ...[
        'sensitive.props.key=quorum-probe-lab',
        'sensitive.props.algorithm=NIFI_PBKDF2_AES_GCM_256',
      ],
      ...[`web.http.host=${pod.address}`, `web.http.port=${PORTS.web}`],
      'cluster.is.node=true',
      `cluster.node.address=${pod.address}`,
      `cluster.node.protocol.port=${PORTS.protocol}`,
      // Else the first start would wait five minutes for further nodes.
      `cluster.flow.election.max.candidates=${fabric.pods.length}`,
      ...[`zookeeper.connect.string=${zookeepers}`, 'zookeeper.root.node=/nifi'],
    ).replaceAll(/^(?=.)/gm, 'nifi.'),
  );
}

function stateManagement(zookeepers: string): string {
  return lines(
    '<stateManagement>',
    `<local-provider><id>local</id><class>${PROVIDERS}.local.WriteAheadLocalStateProvider</class>`,
    '<property name="Directory">state</property></local-provider>',
    `<cluster-provider><id>cluster</id><class>${PROVIDERS}.zookeeper.ZooKeeperStateProvider</class>`,
    `<property name="Connect String">${zookeepers}</property>`,
    '<property name="Root Node">/nifi</property>',
    '<property name="Access Control">Open</property></cluster-provider>',
    '</stateManagement>',
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
