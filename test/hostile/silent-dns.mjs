// Run by stopping.test.ts in network and mount namespaces of its own: a DNS server that never answers,
// the agent whose members have names, and SIGTERM while a lookup waits. Prints the exit code and the time.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [program, ...argv] = process.argv.slice(2);
const server = createSocket('udp4').bind(53, '127.0.0.1');
await once(server, 'listening');
const asked = once(server, 'message');
const agent = spawn(process.execPath, [program, ...argv], { env: {}, stdio: 'ignore' });
const ended = once(agent, 'exit');
await asked;
const startMs = performance.now();
agent.kill('SIGTERM');
const [code, signal] = await ended;
console.log(JSON.stringify({ code, signal, tookMs: performance.now() - startMs }));
server.close();
