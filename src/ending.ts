import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Work that Node gives to a thread of its pool, as `process.getActiveResourcesInfo` names it. */
const POOL_WORK: ReadonlySet<string> = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'FileHandleCloseReq',
  'GetAddrInfoReqWrap',
  'GetNameInfoReqWrap',
]);

const POOL_GRACE_MS = 200;
const POOL_CHECK_MS = 10;

/**
 * Ends the process. `process.exit` joins the threads of Node's pool, and one that waits for a DNS server
 * which does not answer holds it up for ten seconds and more: where work is left there, `endNow`.
 */
export async function end(code: number): Promise<never> {
  for (let waitedMs = 0; waitedMs < POOL_GRACE_MS && isPoolBusy(); waitedMs += POOL_CHECK_MS) {
    await delay(POOL_CHECK_MS);
  }
  return isPoolBusy() ? endNow(code) : process.exit(code);
}

function isPoolBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => POOL_WORK.has(name));
}

/**
 * Ends the process without waiting for any thread. Node from 22.15 on can be replaced by a program that
 * ends with `code` at once. Before that a kill is left, which shows as 137; where this is process 1 of a
 * container, which the kernel does not let kill itself, an abort, which shows as 134 or 139.
 */
export function endNow(code: number): never {
  try {
    if ('execve' in process && typeof process.execve === 'function') {
      const argv = [process.execPath, '-e', `process.exit(${code})`];
      Reflect.apply(process.execve, process, [process.execPath, argv, {}]);
    }
  } catch {
    // Not permitted here: what follows always works.
  }
  process.kill(process.pid, 'SIGKILL');
  process.abort();
}

/** Ends as if the signal had no handler; process 1, which the kernel then spares, with the code that shells give for it. */
export function endBySignal(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  void end(128 + constants.signals[signal]);
}
