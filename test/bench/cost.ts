import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What one run took; CPU time is user and system time of all threads. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Runs `work` in this process and weighs it, with the child processes that it waits for. */
export async function weigh(work: () => unknown): Promise<Cost> {
  const childrenBeforeMs = childrenCpuMs();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallMs, cpuMs: (user + system) / 1_000 + childrenCpuMs() - childrenBeforeMs };
}

/** Runs a program with its output thrown away; bash's `time` has getrusage's figures to 1 ms. */
export async function weighProgram(command: string): Promise<Cost> {
  const timed = `TIMEFORMAT='%R %U %S'; time ${command} > /dev/null`;
  const { stderr } = await run('bash', ['-c', timed], { env: { ...process.env, LC_ALL: 'C' } });
  return parseTimes(stderr);
}

/** `0.246 0.010 0.236`: real, user and system seconds, on the last line. */
export function parseTimes(text: string): Cost {
  const last = text.trim().split('\n').at(-1) ?? '';
  const [real, user, system] = last.split(' ').map((seconds) => Number(seconds) * 1_000);
  if (real === undefined || user === undefined || system === undefined || Number.isNaN(real)) {
    throw new Error(`bash's time said "${text.trim()}"`);
  }
  return { wallMs: real, cpuMs: user + system };
}

/** CPU time of a running process over all its threads, from the scheduler's own nanoseconds. */
export function cpuMsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0])
    .reduce((sum, nanoseconds) => sum + Number(nanoseconds) / 1e6, 0);
}

/** CPU time of ended children: `cutime` and `cstime` of proc_pid_stat(5), in ticks of 10 ms. */
function childrenCpuMs(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
