/** Makes a fabric with a process in a pod, says so, and leaves both for its own end to clean up. */
import { join } from 'node:path';
import { createFabric } from './fabric.ts';
import { start, UIDS } from './processes.ts';
import { workspace } from './workspace.ts';

const { directory } = workspace();
const { pods, namespace } = await createFabric('open', 2);
const sleeper = start({
  namespace: pods[0]?.namespace ?? '',
  uid: UIDS.application,
  workingDirectory: '/',
  logFile: join(directory, 'sleep.log'),
  command: ['sleep', '600'],
});
console.log(JSON.stringify({ directory, namespace, sleeper: sleeper.pid }));
