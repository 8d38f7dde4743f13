import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start, UIDS } from '../processes.ts';
import { ask, type Place, type System, type SystemMember } from './system.ts';

const COOKIE = 'quorum-probe-lab';

/** Erlang's default of 60 s would make a cut take minutes to tell. */
const TICK_TIME_S = 8;

/** Three nodes that pause in a minority. */
export const rabbitmq: System = {
  profile: 'rabbitmq',
  label: 'rabbitmq',
  size: 3,
  observers: [],
  wordEveryMs: 1000,
  async prepare({ directory, fabric }) {
    await writeFile(join(directory, '.erlang.cookie'), COOKIE);
    await chmod(join(directory, '.erlang.cookie'), 0o400);
    const nodes = fabric.pods.map(
      (pod, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${nodeOf(pod)}`,
    );
    const lines = [
      'cluster_formation.peer_discovery_backend = classic_config',
      ...nodes,
      'cluster_partition_handling = pause_minority',
      'log.console = true',
    ];
    await writeFile(join(directory, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
    await writeFile(join(directory, 'enabled_plugins'), '[].\n');
  },
  start: ({ directory, pod }) =>
    start({
      namespace: pod.namespace,
      uid: UIDS.application,
      workingDirectory: directory,
      logFile: join(directory, 'rabbitmq.log'),
      command: ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
      environment: {
        HOME: directory,
        RABBITMQ_NODENAME: nodeOf(pod),
        RABBITMQ_USE_LONGNAME: 'true',
        RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
        RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
        RABBITMQ_LOG_BASE: directory,
        RABBITMQ_PID_FILE: join(directory, 'pid'),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `+S 1:1 +sbwt none -kernel net_ticktime ${TICK_TIME_S}`,
        // The script then becomes the server, so that a signal reaches it.
        RUNNING_UNDER_SYSTEMD: 'true',
      },
    }),
  form: async () => {},
  says: async (place) => {
    const nodes = await evaluate(place, 'rabbit_nodes:all_running()');
    return nodes !== null && nodes.split('rabbit@').length === place.fabric.pods.length + 1;
  },
};

const SPLIT_TRIES = 50;
const SPLIT_RETRY_MS = 100;

/**
 * Lets a hung node go on and restarts it. Others that held it for down meanwhile make a split of the
 * cluster: the node never knew, and `pause_minority` guards against none that was suspended. Its guide on
 * partitions wants the nodes of the side that is not trusted stopped and started again.
 */
export async function resumeAndRestart(member: SystemMember): Promise<void> {
  member.server.signal('SIGCONT');
  for (let tries = 0; !(await isSplit(member)); tries++) {
    if (tries === SPLIT_TRIES) throw new Error('the node sees no partition');
    await sleep(SPLIT_RETRY_MS);
  }
  await member.server.stop('SIGTERM');
  await member.server.start();
}

async function isSplit(place: Place): Promise<boolean> {
  return (await evaluate(place, 'rabbit_node_monitor:partitions()'))?.includes('rabbit@') ?? false;
}

function nodeOf({ address }: { readonly address: string }): string {
  return `rabbit@${address}`;
}

/** Evaluates an Erlang expression on the node; what rabbitmqctl asks, without its start-up of seconds. */
function evaluate(place: Place, expression: string): Promise<string | null> {
  const call = ['erl_call', '-c', COOKIE, '-name', nodeOf(place.pod), '-e'];
  return ask(place, ['sh', '-c', `echo '${expression}.' | ${call.join(' ')}`]);
}
