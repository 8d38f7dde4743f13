import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { workspace } from '../workspace.ts';
import { ask, type Place, type System } from './system.ts';

const PORT = 8300;

/** Three servers on hashicorp/raft, which is what Consul's and Vault's links come from. */
export async function raft(): Promise<System> {
  const program = join(workspace().directory, 'raft-server');
  const sources = fileURLToPath(new URL('../raft/', import.meta.url));
  await run('go', ['build', '-C', sources, '-o', program, '-trimpath', '-buildvcs=false', '.']);
  return {
    profile: 'consul',
    label: 'raft',
    size: 3,
    observers: [],
    wordEveryMs: 500,
    prepare: async () => {},
    start: ({ directory, pod, fabric }) =>
      start({
        namespace: pod.namespace,
        uid: UIDS.application,
        workingDirectory: directory,
        logFile: join(directory, 'raft.log'),
        command: [
          program,
          `${pod.address}:${PORT}`,
          directory,
          ...fabric.pods.map(({ address }) => `${address}:${PORT}`),
        ],
      }),
    form: async () => {},
    says: hasLeader,
  };
}

/** A leader that reaches no majority steps down, and a follower that hears no heartbeat forgets its leader. */
async function hasLeader(place: Place): Promise<boolean> {
  const url = `http://${place.pod.address}:8500/`;
  const answer = await ask(place, ['curl', '--silent', '--fail', '--max-time', '1', url]);
  return answer !== null && /"leader":"[^"]/.test(answer);
}
