/**
 * Runs inside the fabric's namespace, where the kubelet would be: asks each address given whether its member
 * may stop, all at once, and prints each answer as `ADDRESS STATUS MILLISECONDS`.
 */
import { get } from 'node:http';
import { AGENT_PORT } from './agent.ts';

const [wait = '', ...addresses] = process.argv.slice(2);

for (const host of addresses) {
  const began = performance.now();
  const path = `/stop-allowed?wait=${wait}`;
  const asking = get({ host, port: AGENT_PORT, path, agent: false }, (response) => {
    response.resume().on('end', () => {
      const tookMs = Math.round(performance.now() - began);
      process.stdout.write(`${host} ${response.statusCode} ${tookMs}\n`);
    });
  });
  asking.on('error', () => process.stdout.write(`${host} 0 0\n`));
}
