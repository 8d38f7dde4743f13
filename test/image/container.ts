import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../deploy/tools.ts';

/** An image's program in namespaces of its own, as a container engine would start it. */
export interface Container {
  /** The program's process as this machine numbers it. */
  readonly pid: number;
  readonly output: () => string;
  /** Ends with the program's exit code. */
  readonly ended: Promise<number | null>;
  /** Runs a script with this machine's Node.js in the container's network and returns what it printed. */
  readonly inNetwork: (script: string) => string;
  /** Asks the program to end. */
  readonly stop: () => void;
  /** Ends what is left of the container, if anything. */
  readonly discard: () => void;
}

/**
 * Root file system read-only, loopback alone, an own process namespace, no new privileges, and the user
 * with no capability left.
 */
const START = `
set -e
root=$1 user=$2
shift 2
ip link set lo up
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
exec setpriv --no-new-privs unshare --root="$root" --wd=/app --setuid="$user" --setgid="$user" "$@"
`;

function childOf(pid: number): number | null {
  try {
    const [first = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return first === '' ? null : Number(first);
  } catch {
    return null;
  }
}

async function started(
  child: ChildProcess,
  program: string,
  output: () => string,
): Promise<number> {
  for (let tries = 0; tries < 500; tries++) {
    const pid = child.pid === undefined ? null : childOf(child.pid);
    if (pid !== null && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(program))
      return pid;
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  throw new Error(`the container did not start: ${output()}`);
}

/** Starts a program of an unpacked image. Needs root. */
export async function startContainer(
  root: string,
  user: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Container> {
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child'];
  const args = [...namespaces, 'sh', '-c', START, 'sh', root, user, ...command];
  const path = process.env['PATH'] ?? '';
  const child = spawn('unshare', args, {
    env: { ...env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const output = () => text;
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const pid = await started(child, command[0] ?? '', output);
  return {
    pid,
    output,
    ended,
    inNetwork: (script) =>
      run('nsenter', [
        '--net',
        '--target',
        String(pid),
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ]),
    stop: () => process.kill(pid, 'SIGTERM'),
    discard: () => child.kill('SIGKILL'),
  };
}
