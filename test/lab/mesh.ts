import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from './fabric.ts';
import { type Running, start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { PORTS } from './zookeeper.ts';

/**
 * How the stand-in hands inbound connections to the application.
 * `passthrough`: from 127.0.0.6 to the address they were sent to, Istio since 1.10;
 * `loopback`: to 127.0.0.1, Istio before 1.10 and `inboundTrafficPolicy: LOCALHOST`.
 */
export type Delivery = 'passthrough' | 'loopback';

export interface MeshOptions {
  readonly delivery: Delivery;
  /** How long the proxy keeps a silent connection, as HAProxy writes durations; Istio's is 1h. */
  readonly idleTimeout: string;
}

/** The port of the probe, which the lab's pods exclude from interception. */
const EXCLUDED_PORTS = [15008, 15020, 15021, 15090, 4888] as const;

/** Lays the redirect rules of istio-init's REDIRECT mode (tools/istio-iptables/pkg/capture). */
export async function redirect(pod: Pod): Promise<void> {
  const uid = String(UIDS.proxy);
  const rules = [
    '*nat',
    ':ISTIO_INBOUND - [0:0]',
    ':ISTIO_OUTPUT - [0:0]',
    ':ISTIO_REDIRECT - [0:0]',
    ':ISTIO_IN_REDIRECT - [0:0]',
    '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001',
    '-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006',
    '-A PREROUTING -p tcp -j ISTIO_INBOUND',
    ...EXCLUDED_PORTS.map((port) => `-A ISTIO_INBOUND -p tcp --dport ${port} -j RETURN`),
    '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
    '-A OUTPUT -p tcp -j ISTIO_OUTPUT',
    '-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN',
    `-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -m owner --uid-owner ${uid} -j ISTIO_IN_REDIRECT`,
    `-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner ${uid} -j RETURN`,
    `-A ISTIO_OUTPUT -m owner --uid-owner ${uid} -j RETURN`,
    '-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN',
    '-A ISTIO_OUTPUT -j ISTIO_REDIRECT',
    'COMMIT',
  ];
  const command = ['netns', 'exec', pod.namespace, 'iptables-restore', '-w'];
  await run('ip', command, `${rules.join('\n')}\n`);
}

/** Starts HAProxy on Envoy's ports, under the uid that the redirect rules exempt. */
export async function startProxy(
  directory: string,
  pod: Pod,
  options: MeshOptions,
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
function configuration({ delivery, idleTimeout }: MeshOptions): string {
  return `global
  maxconn 8000
  nbthread 2
defaults
  mode tcp
  retries 0
  timeout connect 10s
  timeout client ${idleTimeout}
  timeout server ${idleTimeout}
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
