import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fabric, Pod } from './fabric.ts';
import { type Running, start, UIDS } from './processes.ts';

export const PORTS = { client: 2181, quorum: 2888, election: 3888 } as const;

/** As the sample configuration has it; how long ZooKeeper takes to notice a silent peer. */
export const TICK_TIME_MS = 2000;
export const SYNC_LIMIT_TICKS = 5;

/** A ZooKeeper release as jars for the class path. */
export interface Release {
  readonly version: string;
  readonly classPath: readonly string[];
}

/** Debian's package, which names its dependencies in the jar's manifest. */
export const DEBIAN: Release = {
  version: '3.8 (Debian)',
  classPath: ['/usr/share/java/zookeeper.jar', '/usr/share/java/slf4j-simple.jar'],
};

export interface ServerOptions {
  readonly release: Release;
  /** Pods that only watch the quorum. */
  readonly observers: readonly number[];
  /** Further lines of zoo.cfg, such as `quorumListenOnAllIPs=true`. */
  readonly configuration: readonly string[];
  /** Further options of the JVM, such as `-Djava.net.preferIPv4Stack=true`. */
  readonly jvm: readonly string[];
  /** The name or address of each member in `server.N`. */
  readonly nameOf: (pod: Pod) => string;
}

export const PLAIN: ServerOptions = {
  release: DEBIAN,
  observers: [],
  configuration: [],
  jvm: [],
  nameOf: (pod) => pod.address,
};

/** Writes one server's files; its data directory outlives restarts, as a volume does. */
export async function prepareServer(
  directory: string,
  pod: Pod,
  fabric: Fabric,
  options: ServerOptions,
): Promise<void> {
  await mkdir(join(directory, 'data'), { recursive: true });
  await writeFile(join(directory, 'data', 'myid'), `${idOf(pod)}\n`);
  await writeFile(join(directory, 'zoo.cfg'), configuration(directory, pod, fabric, options));
  for (const path of [directory, join(directory, 'data'), join(directory, 'data', 'myid')]) {
    await chown(path, UIDS.application, UIDS.application);
  }
}

/** Starts one server with the files that `prepareServer` wrote. */
export function startServer(directory: string, pod: Pod, options: ServerOptions): Running {
  const heap = ['-Xms32m', '-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const settings = ['-Dzookeeper.forceSync=no', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
  return start({
    namespace: pod.namespace,
    uid: UIDS.application,
    workingDirectory: directory,
    logFile: join(directory, 'zookeeper.log'),
    command: [
      'java',
      ...heap,
      ...settings,
      ...options.jvm,
      ...['-cp', options.release.classPath.join(':')],
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(directory, 'zoo.cfg'),
    ],
  });
}

function idOf(pod: Pod): number {
  return pod.index + 1;
}

function configuration(
  directory: string,
  pod: Pod,
  fabric: Fabric,
  options: ServerOptions,
): string {
  const lines = [
    `tickTime=${TICK_TIME_MS}`,
    'initLimit=10',
    `syncLimit=${SYNC_LIMIT_TICKS}`,
    `dataDir=${join(directory, 'data')}`,
    `clientPort=${PORTS.client}`,
    'maxClientCnxns=0',
    'admin.enableServer=false',
    ...options.configuration,
  ];
  if (options.observers.includes(pod.index)) lines.push('peerType=observer');
  // A lone server is standalone: it reads no server lines.
  if (fabric.pods.length > 1) {
    for (const member of fabric.pods) {
      const suffix = options.observers.includes(member.index) ? ':observer' : '';
      const ports = `${PORTS.quorum}:${PORTS.election}`;
      lines.push(`server.${idOf(member)}=${options.nameOf(member)}:${ports}${suffix}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
