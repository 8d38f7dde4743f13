import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** Clients from one address, which connect again as soon as they are put out. */
export interface Crowd {
  readonly many: number;
  readonly sends: string;
  readonly reads: boolean;
  readonly drips?: string;
}

/** Starts a crowd and waits until all of it has connected. */
export async function crowd(
  t: TestContext,
  port: number,
  { many, sends, reads, drips = '' }: Crowd,
) {
  const script = new URL('crowd-of-clients.ts', import.meta.url).pathname;
  const words = [
    port,
    many,
    JSON.stringify(sends),
    reads ? 'reads' : 'unread',
    JSON.stringify(drips),
  ];
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, ...words.map((word) => `${word}`)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}
