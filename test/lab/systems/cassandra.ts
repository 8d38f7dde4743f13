import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedJars } from '../jars.ts';
import { type Running, start, UIDS } from '../processes.ts';
import { ask, type Place, type System } from './system.ts';

const VERSION = '5.0.6';
const HEAP = ['-Xms128m', '-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
/** What a start needs of the parts of Java 17 that `conf/jvm17-server.options` opens. */
const EXPORTED = [
  'java.base/jdk.internal.misc',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.base/java.lang.ref',
];
const OPENED = [
  'java.base/java.lang.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.math',
  'java.base/sun.nio.ch',
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.util',
];
/** Given, so that nodes that start at the same moment need not wait for each other to choose theirs. */
const TOKENS = ['-6148914691236517205', '0', '6148914691236517205'];

/** Three nodes, each a seed. */
export async function cassandra(): Promise<System> {
  const classPath = (await pinnedJars('cassandra', VERSION)).join(':');
  return {
    profile: 'cassandra',
    label: 'cassandra',
    size: 3,
    observers: [],
    wordEveryMs: 500,
    async prepare(place) {
      await writeFile(join(place.directory, 'cassandra.yaml'), configuration(place));
      await writeFile(join(place.directory, 'logback.xml'), LOGGING);
    },
    start: (place) => startCassandra(place, classPath),
    form: async () => {},
    says: async (place) => (await answers(place)) && (await seesOthers(place)),
  };
}

/** The native protocol's OPTIONS, answered by SUPPORTED. */
async function answers(place: Place): Promise<boolean> {
  const request = '\\x04\\x00\\x00\\x00\\x05\\x00\\x00\\x00\\x00';
  const script = `exec 3<>/dev/tcp/${place.pod.address}/9042; printf '${request}' >&3; head -c 5 <&3 | od -An -tx1`;
  return (await ask(place, ['bash', '-c', script]))?.trim() === '84 00 00 00 06';
}

/** What the failure detector said last of each other node since the server started. */
async function seesOthers({ directory }: Place): Promise<boolean> {
  const log = await readFile(join(directory, 'cassandra.log'), 'utf8').catch(() => '');
  const life = log.slice(log.lastIndexOf('Cassandra version: '));
  const last = new Map<string, string>();
  for (const [, node = '', state = ''] of life.matchAll(/InetAddress \/(\S+) is now (UP|DOWN)/g)) {
    last.set(node, state);
  }
  return [...last.values()].includes('UP');
}

function startCassandra({ directory, pod }: Place, classPath: string): Running {
  const all = 'ALL-UNNAMED';
  return start({
    namespace: pod.namespace,
    uid: UIDS.application,
    workingDirectory: directory,
    logFile: join(directory, 'cassandra.log'),
    command: [
      'java',
      ...HEAP,
      ...EXPORTED.map((name) => `--add-exports=${name}=${all}`),
      ...OPENED.map((name) => `--add-opens=${name}=${all}`),
      `-Dcassandra.config=file://${join(directory, 'cassandra.yaml')}`,
      `-Dcassandra.storagedir=${join(directory, 'data')}`,
      '-Dcassandra.jmx.local.port=7199',
      // Else it closes its standard output, and with it the log, once it has started.
      '-Dcassandra-foreground=yes',
      `-Dlogback.configurationFile=${join(directory, 'logback.xml')}`,
      '-cp',
      classPath,
      'org.apache.cassandra.service.CassandraDaemon',
    ],
  });
}

function configuration({ pod, fabric }: Place): string {
  const seeds = fabric.pods.map(({ address }) => address).join(',');
  const lines = [
    'cluster_name: lab',
    'partitioner: org.apache.cassandra.dht.Murmur3Partitioner',
    'endpoint_snitch: SimpleSnitch',
    'num_tokens: 1',
    `initial_token: ${TOKENS[pod.index]}`,
    'auto_bootstrap: false',
    'commitlog_sync: periodic',
    'commitlog_sync_period: 10000ms',
    `listen_address: ${pod.address}`,
    'rpc_address: 0.0.0.0',
    `broadcast_rpc_address: ${pod.address}`,
    'seed_provider:',
    '  - class_name: org.apache.cassandra.locator.SimpleSeedProvider',
    `    parameters: [{ seeds: "${seeds}" }]`,
  ];
  return `${lines.join('\n')}\n`;
}

const LOGGING = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %-5level %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`;
