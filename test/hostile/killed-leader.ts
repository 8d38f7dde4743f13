/**
 * `killed-leader.ts PORT`: a stand-in ensemble whose leader ends for each line `kill`. Says for how long
 * after that the agent on PORT still called its member ready, in milliseconds.
 */
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { ENSEMBLE } from '../bench/pod.ts';
import { startStandIn } from '../demo/stand-in.ts';

const POLL_MS = 50;
const GIVE_UP_MS = 20_000;

const [port = ''] = process.argv.slice(2);
const standIn = await startStandIn({ addresses: ENSEMBLE });
say('up');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'ready') say(String(await msUntil(200)));
  if (line === 'kill') {
    await standIn.loseLeader();
    say(String(await msUntil(503)));
  }
  if (line === 'restore') {
    await standIn.elect();
    await standIn.restore();
    say(String(await msUntil(200)));
  }
}
process.exit(0);

/** How long it took until the agent answered so; the time to give up where it never did. */
async function msUntil(status: number): Promise<number> {
  const beganMs = performance.now();
  for (;;) {
    const tookMs = performance.now() - beganMs;
    if (tookMs > GIVE_UP_MS || (await statusNow()) === status) return Math.round(tookMs);
    await pause(POLL_MS);
  }
}

function statusNow(): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ port, path: '/readyz', agent: false, timeout: 5_000 }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
