import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedJars } from '../jars.ts';
import { type Running, start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { ask, type Place, type System } from './system.ts';

const VERSION = '4.4.0';
/** Any uuid serves; the same for all. */
const CLUSTER_ID = 'cXVvcnVtLXByb2JlLWxhYg';
const HEAP = ['-Xms48m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Three controllers alone, or three that are brokers too. */
export async function kafka(roles: 'controller' | 'broker,controller'): Promise<System> {
  const classPath = (await pinnedJars('kafka', VERSION)).join(':');
  const label = roles === 'controller' ? 'kafka-controllers' : 'kafka-combined';
  return {
    profile: 'kafka-kraft',
    label,
    size: 3,
    observers: [],
    wordEveryMs: 500,
    async prepare(place) {
      await writeFile(join(place.directory, 'server.properties'), properties(place, roles));
      const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID];
      await run('java', [
        ...['-Xmx128m', '-cp', classPath, ...format],
        ...['--config', join(place.directory, 'server.properties')],
      ]);
    },
    start: (place) => startKafka(place, classPath),
    form: async () => {},
    says: async (place) => (await accepts(place)) && isWithLeader(await lastState(place)),
  };
}

/** The raft state that the server logged last; the published jars hold no tool that would ask it. */
async function lastState({ directory }: Place): Promise<string> {
  const log = await readFile(join(directory, 'kafka.log'), 'utf8').catch(() => '');
  return /.*Completed transition to (\w+)/s.exec(log)?.[1] ?? 'none';
}

function isWithLeader(state: string): boolean {
  return state === 'Leader' || state === 'FollowerState';
}

/** A killed server's log still ends with its last state. */
async function accepts(place: Place): Promise<boolean> {
  return (await ask(place, ['bash', '-c', `</dev/tcp/${place.pod.address}/9093`])) !== null;
}

function startKafka({ directory, pod }: Place, classPath: string): Running {
  return start({
    namespace: pod.namespace,
    uid: UIDS.application,
    workingDirectory: directory,
    logFile: join(directory, 'kafka.log'),
    command: [
      'java',
      ...HEAP,
      '-cp',
      classPath,
      'kafka.Kafka',
      join(directory, 'server.properties'),
    ],
  });
}

function properties({ directory, pod, fabric }: Place, roles: string): string {
  const combined = roles !== 'controller';
  const voters = fabric.pods.map(({ index, address }) => `${index + 1}@${address}:9093`).join(',');
  const lines = [
    `process.roles=${roles}`,
    `node.id=${pod.index + 1}`,
    `controller.quorum.voters=${voters}`,
    'controller.listener.names=CONTROLLER',
    `listeners=${combined ? 'PLAINTEXT://:9092,' : ''}CONTROLLER://:9093`,
    ...(combined ? [`advertised.listeners=PLAINTEXT://${pod.address}:9092`] : []),
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `log.dirs=${join(directory, 'data')}`,
    'offsets.topic.replication.factor=3',
    // The default of 128 MiB would be most of the heap.
    'log.cleaner.dedupe.buffer.size=4194304',
  ];
  return `${lines.join('\n')}\n`;
}
