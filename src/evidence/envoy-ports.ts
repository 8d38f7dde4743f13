import type { EnvoyPort, InboundDelivery } from '../model/evidence.ts';
import { loopbackCauses } from './envoy-causes.ts';
import type { InboundClusters } from './envoy-clusters.ts';
import type { EnvoyInfo } from './envoy-info.ts';
import {
  chainsFor,
  type InboundListeners,
  mtlsOf,
  namesConfigs,
  originOf,
} from './envoy-listeners.ts';
import { isRedirected } from './envoy-redirection.ts';

/** The proxy's configuration of inbound traffic, as far as it could be had. */
export interface InboundConfiguration {
  readonly info: EnvoyInfo;
  /** `null` where they could not be had. */
  readonly listeners: InboundListeners | null;
  readonly clusters: InboundClusters | null;
}

const NOTHING_KNOWN: EnvoyPort = {
  delivery: { kind: 'unknown' },
  mtls: 'unknown',
  causes: [],
  sidecar: null,
};
const NOT_CAPTURED: EnvoyPort = {
  ...NOTHING_KNOWN,
  delivery: { kind: 'not-captured' },
  mtls: 'not-captured',
};

/** What becomes of connections to `port` that come from outside the pod. */
export function portIn(configuration: InboundConfiguration, port: number): EnvoyPort {
  const { info, listeners, clusters } = configuration;
  if (listeners?.byPort.has(port) !== true) {
    const redirected = isRedirected(info.redirection, port);
    if (redirected === null) return NOTHING_KNOWN;
    if (!redirected) return mayBeBound(configuration, port) ? NOTHING_KNOWN : NOT_CAPTURED;
  }
  const chains = chainsFor(port, listeners);
  const origin = originOf(port, listeners);
  const { proxyMinor, meshCertificate } = info;
  const configsNamed = listeners !== null && namesConfigs(listeners);
  return {
    delivery: deliveryIn(configuration, port),
    mtls: chains === null ? 'unknown' : mtlsOf(port, chains, meshCertificate),
    causes:
      clusters === null ? [] : loopbackCauses(port, { clusters, proxyMinor, origin, configsNamed }),
    sidecar: origin.kind === 'sidecar' ? origin.sidecar : null,
  };
}

/** Without interception a cluster is that of a listener bound to the port, which may not have been seen. */
function mayBeBound({ info, listeners, clusters }: InboundConfiguration, port: number): boolean {
  return info.redirection.kind === 'none' && listeners === null && clusters?.has(port) !== false;
}

/** A port without a cluster falls to the catch-all, which keeps the dialled address. */
function deliveryIn({ listeners, clusters }: InboundConfiguration, port: number): InboundDelivery {
  const named = clusters?.get(port);
  if (named !== undefined) return named;
  const isBound = listeners?.byPort.has(port) === true;
  if (clusters === null || isBound) return { kind: 'unknown' };
  // Without any sign of Istio's configuration nothing is known to catch it.
  const catches = clusters.size > 0 || (listeners !== null && listeners.virtualInbound !== null);
  return { kind: catches ? 'catch-all' : 'unknown' };
}
