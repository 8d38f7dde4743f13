import type { Pod } from './fabric.ts';
import { UIDS } from './processes.ts';
import { run } from './run-command.ts';

/**
 * How the proxy hands inbound connections to the application.
 * `passthrough`: from 127.0.0.6 to the address they were sent to, Istio since 1.10;
 * `loopback`: to 127.0.0.1, Istio before 1.10 and `inboundTrafficPolicy: LOCALHOST`.
 */
export type Delivery = 'passthrough' | 'loopback';

interface Proxying {
  readonly delivery: Delivery;
  /** How long the proxy keeps a silent connection. */
  readonly idleTimeoutS: number;
}

/** HAProxy stands in for Envoy on its ports, where nothing may be downloaded. */
export interface HaproxyOptions extends Proxying {
  readonly proxy: 'haproxy';
}

export interface EnvoyOptions extends Proxying {
  readonly proxy: 'envoy';
  readonly mtls: 'disable' | 'strict';
}

export type MeshOptions = HaproxyOptions | EnvoyOptions;

/** As Istio sets it up, where a connection that was silent for an hour is closed. */
export const HAPROXY: HaproxyOptions = {
  proxy: 'haproxy',
  delivery: 'passthrough',
  idleTimeoutS: 3600,
};
export const ENVOY: EnvoyOptions = { ...HAPROXY, proxy: 'envoy', mtls: 'strict' };

/** The port of the probe, which the lab's pods exclude from interception by their annotation. */
export const EXCLUDED_PORT = 4888;
/** The last is that of a second agent beside it. */
const EXCLUDED_PORTS = [15008, 15020, 15021, 15090, EXCLUDED_PORT, EXCLUDED_PORT + 1] as const;

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
