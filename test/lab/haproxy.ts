import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from './fabric.ts';
import type { HaproxyOptions } from './mesh.ts';
import { type Running, start, UIDS } from './processes.ts';
import { PORTS } from './zookeeper.ts';

/** Starts HAProxy on Envoy's ports. */
export async function startHaproxy(
  directory: string,
  pod: Pod,
  options: HaproxyOptions,
): Promise<Running> {
  const file = join(directory, 'haproxy.cfg');
  await writeFile(file, configuration(options));
  return start({
    namespace: pod.namespace,
    uid: UIDS.proxy,
    workingDirectory: '/',
    logFile: join(directory, 'haproxy.log'),
    command: ['haproxy', '-db', '-f', file],
  });
}

/** Two threads with a listener each, as Envoy has one for each worker. */
function configuration({ delivery, idleTimeoutS }: HaproxyOptions): string {
  return `global
  maxconn 8000
  nbthread 2
defaults
  mode tcp
  retries 0
  timeout connect 10s
  timeout client ${idleTimeoutS}s
  timeout server ${idleTimeoutS}s
listen outbound
  bind 0.0.0.0:15001 shards by-thread
  server original-destination 0.0.0.0:0
${delivery === 'passthrough' ? PASSTHROUGH : LOOPBACK}
frontend admin
  bind 127.0.0.1:15000
frontend status
  bind :::15020
  bind 0.0.0.0:15021
  bind 0.0.0.0:15090
`;
}

const PASSTHROUGH = `listen inbound
  bind 0.0.0.0:15006 shards by-thread
  server original-destination 0.0.0.0:0 source 127.0.0.6`;

/** HAProxy cannot dial a fixed address at the original port, so each port has a backend. */
const LOOPBACK = `frontend inbound
  bind 0.0.0.0:15006 shards by-thread
${Object.values(PORTS)
  .map((port) => `  use_backend port-${port} if { dst_port ${port} }`)
  .join('\n')}
${Object.values(PORTS)
  .map((port) => `backend port-${port}\n  server application 127.0.0.1:${port}`)
  .join('\n')}`;
