/**
 * `clients.ts PORT COUNT`: so many clients, each on a connection of its own, that ask for every path in
 * turn again as soon as they are answered; says each second how many answers there were.
 */
import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { untilStdinEnds } from '../bench/program.ts';

const PATHS = [
  '/metrics',
  '/',
  '/api/v1/report',
  '/readyz?verbose',
  '/api/v1/ensemble',
  '/livez',
  '/api/v1/report/schema',
  '/api/v1/transitions',
];

const [port = '', count = '64'] = process.argv.slice(2);
let answers = 0;
for (let client = 0; client < Number(count); client += 1) void keepAsking(client);
setInterval(() => {
  process.stdout.write(`${answers}\n`);
  answers = 0;
}, 1_000);
await untilStdinEnds();
process.exit(0);

async function keepAsking(first: number): Promise<never> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let turn = first; ; turn += 1) {
    const answered = await ask(agent, PATHS[turn % PATHS.length] ?? '/');
    if (answered) answers += 1;
    else await pause(20);
  }
}

function ask(agent: Agent, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ port, path, agent, timeout: 10_000 }, (response) => {
      response.resume().on('end', () => resolve(true));
      response.on('error', () => resolve(false));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
