import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { end, endBySignal, endNow } from './ending.ts';
import { readHostsFile } from './evidence/hosts-file.ts';
import { outputTo } from './output.ts';
import { readRegular, SETTINGS_BYTES } from './regular-file.ts';
import { run } from './run.ts';

export type Heed = (signal: 'SIGTERM' | 'SIGINT') => void;

/** After a stop signal the agent ends by itself; where anything holds that up, it is ended. */
const STOP_MS = 7_000;
/** How long the last words on standard error may take. */
const LAST_WORDS_MS = 1_000;

/** Runs the program to its end; `onSignal` says what stop signals are to do from then on. */
export async function program(isAgent: boolean, onSignal: (heed: Heed) => void): Promise<never> {
  onSignal((signal) => (isAgent ? void end(0) : endBySignal(signal)));
  const out = outputTo(() => process.stdout);
  const error = outputTo(() => process.stderr);
  const exitCode = await run(process.argv.slice(2), process.env, {
    hostname: hostname(),
    hostsFile: () => readHostsFile(),
    readText: (path) => readRegular(path, SETTINGS_BYTES),
    out: out.write,
    error: error.write,
    // https://no-color.org: any non-empty value switches colours off.
    colour: isatty(1) && (process.env['NO_COLOR'] ?? '') === '',
    columns: () => (isatty(1) ? process.stdout.columns : undefined),
    progress: isatty(2) ? (line) => error.write(`\r\u001b[K${line}`) : null,
    stopSignal: () =>
      new Promise((resolve) => {
        onSignal((signal) => {
          onSignal(endBySignal);
          setTimeout(() => endNow(0), STOP_MS);
          resolve(signal);
        });
      }),
  });
  // A reader may take its time, as `less` does; an exit before that would cut the text.
  const fault = await out.written();
  const cut = fault !== null && !isClosedPipe(fault);
  if (cut) error.write(`quorum-probe: cannot write to standard output: ${fault.message}\n`);
  await Promise.race([error.written(), delay(LAST_WORDS_MS)]);
  return await end(cut ? 2 : exitCode);
}

/** Whoever read the output has read enough, as `head` does. */
function isClosedPipe(fault: Error): boolean {
  return 'code' in fault && (fault.code === 'EPIPE' || fault.code === 'ERR_STREAM_DESTROYED');
}
