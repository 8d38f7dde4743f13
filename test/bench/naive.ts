/**
 * `naive.ts PORT INTERVAL_MS`: answers every request, and reads both tables whole each interval
 * (0: never) as cheaply as Node can, looking at nothing.
 */
import { createServer } from 'node:http';
import { readBare } from './floor.ts';
import { untilStdinEnds } from './program.ts';

const [port, intervalMs] = process.argv.slice(2).map(Number);
createServer((_request, response) => response.end('ok\n')).listen(port);
if (intervalMs !== undefined && intervalMs > 0) setInterval(readBare, intervalMs);
await untilStdinEnds();
process.exit(0);
