import { LOOPBACK_CAUSES, type LoopbackCause } from '../model/evidence.ts';
import type { InboundClusters } from './envoy-clusters.ts';
import type { ChainOrigin } from './envoy-listeners.ts';

/** What is known beside the delivery itself. */
export interface CauseHints {
  readonly clusters: InboundClusters;
  /** The minor of Istio 1 of the proxy; `null` where it is not known. */
  readonly proxyMinor: number | null;
  readonly origin: ChainOrigin;
  /** Whether Istiod names the resources that chains were made from. */
  readonly configsNamed: boolean;
}

/** How many minor releases Istiod may be ahead of its proxies (Istio's support policy). */
const SKEW = 2;

/** Minors of Istiod in which each setting of the whole mesh has this effect. */
const SINCE_AND_UNTIL: Readonly<
  Record<Exclude<LoopbackCause, 'sidecar-default-endpoint'>, readonly [number, number]>
> = {
  'istio-before-1.10': [0, 9],
  // PILOT_ENABLE_INBOUND_PASSTHROUGH went with istio#48718, in 1.21.0.
  'inbound-passthrough-disabled': [10, 20],
  // meshConfig.inboundTrafficPolicy came with istio#49035, in 1.22.0.
  'inbound-traffic-policy-localhost': [22, Number.POSITIVE_INFINITY],
};

/** Istiod names the resource of each Sidecar's ingress since 1.24 (istio#52903). */
const NAMES_CONFIGS_SINCE = 24;

/**
 * Which settings may have led to the loopback delivery of `port`; empty where it has another. Istiod
 * decides the delivery, and the proxy tells its own version only: Istiod is of the same or up to two
 * minors later. Where Istiod names the Sidecar that a listener was made from, or does not though it
 * would, the cause is exact. Else a Sidecar's `defaultEndpoint` alone gives another port than the
 * cluster's own, and alone leaves other ports with another delivery (its listeners are not merged with
 * those of Services, by default).
 */
export function loopbackCauses(port: number, hints: CauseHints): readonly LoopbackCause[] {
  const { clusters, proxyMinor, origin, configsNamed } = hints;
  const delivery = clusters.get(port);
  if (delivery?.kind !== 'loopback') return [];
  const ofMesh = meshWide(proxyMinor);
  const isOldAlone = proxyMinor !== null && proxyMinor + SKEW < 10;
  if (isOldAlone) return ofMesh;
  if (origin.kind === 'sidecar' || delivery.port !== port) return ['sidecar-default-endpoint'];
  const named = configsNamed || (proxyMinor !== null && proxyMinor >= NAMES_CONFIGS_SINCE);
  if (origin.kind === 'no-sidecar' && named) return ['inbound-traffic-policy-localhost'];
  const isMixed = [...clusters.values()].some(
    ({ kind }) => kind === 'original-destination' || kind === 'fixed-address',
  );
  return isMixed ? ['sidecar-default-endpoint'] : [...ofMesh, 'sidecar-default-endpoint'];
}

function meshWide(proxyMinor: number | null): readonly LoopbackCause[] {
  return LOOPBACK_CAUSES.filter((cause) => {
    if (cause === 'sidecar-default-endpoint') return false;
    const [since, until] = SINCE_AND_UNTIL[cause];
    return proxyMinor === null || (proxyMinor <= until && proxyMinor + SKEW >= since);
  });
}
