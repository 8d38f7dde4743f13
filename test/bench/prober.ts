/** `prober.ts INTERVAL_MS URL…`: asks each URL on a connection of its own, as the kubelet does. */
import { get } from 'node:http';
import { untilStdinEnds } from './program.ts';

const [intervalMs, ...urls] = process.argv.slice(2);
setInterval(() => {
  for (const url of urls) {
    get(url, { agent: false }, (response) => response.resume()).on('error', (error) => {
      process.stderr.write(`${url}: ${error.message}\n`);
    });
  }
}, Number(intervalMs));
await untilStdinEnds();
process.exit(0);
