import { Worker } from 'node:worker_threads';

/** Whether a password is that of a bcrypt hash. Rejects where it cannot be found out. */
export type Verify = (password: string, hash: string) => Promise<boolean>;

/** A thread that nobody needed for so long is ended, and its memory given back. */
const IDLE_MS = 30_000;
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

const PROGRAM = new URL('./password-worker.js', import.meta.url);

/**
 * Checks passwords in a thread of its own, one at a time: bcrypt takes a tenth of a second of pure work, and
 * would hold scans and health for as long.
 */
export function verifyInThread(): Verify {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;

  function thread(): Worker {
    if (idle !== null) clearTimeout(idle);
    if (worker !== null) return worker;
    const started = new Worker(PROGRAM, { resourceLimits: LIMITS, env: {}, execArgv: [] });
    started.unref();
    const forget = (): void => {
      if (worker === started) worker = null;
    };
    started.once('error', forget);
    started.once('exit', forget);
    worker = started;
    return started;
  }

  function rest(): void {
    idle = setTimeout(() => void worker?.terminate(), IDLE_MS).unref();
  }

  return (password, hash) =>
    new Promise<boolean>((resolve, reject) => {
      const asked = thread();
      const settle = (done: () => void): void => {
        asked.off('message', onMessage);
        asked.off('error', onError);
        asked.off('exit', onExit);
        rest();
        done();
      };
      const onMessage = (isRight: unknown): void => settle(() => resolve(isRight === true));
      const onError = (error: Error): void => settle(() => reject(error));
      const onExit = (): void => settle(() => reject(new Error('the thread ended')));
      asked.on('message', onMessage);
      asked.on('error', onError);
      asked.on('exit', onExit);
      asked.postMessage({ password, hash });
    });
}
