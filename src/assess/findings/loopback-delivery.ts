import type { Counters } from '../../model/report.ts';
import type { CounterSample } from '../observation.ts';
import { listed, rowsText } from '../row-text.ts';
import type { Scene } from '../scene.ts';
import { deliveryByAdmin } from './asked.ts';
import type { Diagnosis } from './finding.ts';

/** Failed attempts, and their share of all attempts, from which a young namespace's totals tell. */
const FAILED_ATTEMPTS = 3;
const FAILED_SHARE = 0.2;

/**
 * The proxy hands peer traffic to 127.0.0.1 while the server listens on the pod address alone
 * (Istio before 1.10, or set back to that way). Each attempt of a peer then ends in this pod's own
 * kernel: the proxy's connect fails (AttemptFails) by a reset that the kernel itself sends (OutRsts).
 */
export function loopbackDelivery(scene: Scene): Diagnosis[] {
  const { mesh, listeners } = scene.folded;
  if (mesh.kind === 'none' || mesh.kind === 'istio-ambient') return [];
  if (scene.standing.role !== 'looking') return [];
  if (mesh.inbound === 'passthrough' || mesh.inbound === 'original-source') return [];
  const peerListeners = listeners.filter((listener) =>
    scene.settings.profile.ports.some(
      (spec) => spec.role === listener.role && spec.links !== 'clients',
    ),
  );
  if (peerListeners.length === 0 || peerListeners.some(({ reach }) => reach !== 'pod')) return [];
  const ports = peerListeners.map(({ port }) => port);
  const admin = deliveryByAdmin(scene.observation.asked.envoy?.answer, ports);
  if (admin?.loopback === false) return [];
  const signs = resetsOfOwnKernel(scene);
  if (signs === null && admin === null) return [];
  const { profile } = scene.settings;
  const peerPorts = profile.ports
    .filter((spec) => spec.links !== 'clients')
    .flatMap((spec) => spec.ports);
  const addresses = peerListeners.flatMap((listener) =>
    listener.addresses.map((address) => `${address}:${listener.port}`),
  );
  return [
    {
      code: 'mesh-loopback-delivery',
      certainty: admin === null ? 'suspected' : 'confirmed',
      summary: `The mesh proxy delivers peer traffic to 127.0.0.1, where nothing listens: the server listens on ${listed(addresses)} only, so no peer can reach it.`,
      evidence: [
        ...peerListeners.flatMap((listener) => rowsText(listener.rows)),
        'no connection from 127.0.0.6, the source of a proxy that delivers to the pod address',
        ...(signs ?? []),
        ...(admin === null
          ? []
          : ["the proxy's admin: inbound clusters of these ports are STATIC, 127.0.0.1"]),
      ],
      cause: nonEmpty(admin?.ways) ?? OLD_WAYS,
      remedy: nonEmpty(admin?.remedies) ?? remedies(profile.advice.listenEverywhere, peerPorts),
    },
  ];
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

const OLD_WAYS =
  'Istio before 1.10, or one set back to the old inbound delivery: PILOT_ENABLE_INBOUND_PASSTHROUGH=false (1.10 to 1.20), meshConfig.inboundTrafficPolicy.mode: LOCALHOST (1.21 and later), or a Sidecar ingress with defaultEndpoint 127.0.0.1.';

function remedies(listenEverywhere: string, peerPorts: readonly number[]): string {
  return `Upgrade to Istio 1.10 or later and remove the setting that brings the old way back; or let the server listen everywhere (${listenEverywhere}); or take the peer ports out of the mesh on all members with traffic.sidecar.istio.io/excludeInboundPorts and excludeOutboundPorts: "${peerPorts.join(',')}".`;
}

/** What the counters say of it, or `null` where they speak against it. */
function resetsOfOwnKernel(scene: Scene): string[] | null {
  const { counters } = scene.observation;
  if (counters.attemptFails === null || counters.outRsts === null) {
    // A listing without counters: only a person who names the mesh makes it worth suspecting.
    return scene.settings.mesh === 'auto' ? null : ['no counters in this input'];
  }
  const rising = rise(scene.samples, counters);
  if (rising.attemptFails >= 2 && rising.outRsts >= 2) {
    return [
      `AttemptFails rose by ${rising.attemptFails} and OutRsts by ${rising.outRsts} in the last ${rising.seconds} s`,
    ];
  }
  const opens = counters.activeOpens ?? 0;
  const manyFailed =
    counters.attemptFails >= FAILED_ATTEMPTS && counters.attemptFails >= opens * FAILED_SHARE;
  if (!manyFailed || counters.outRsts < counters.attemptFails) return null;
  return [
    `${counters.attemptFails} of ${opens} connection attempts failed (AttemptFails), ${counters.outRsts} resets were sent (OutRsts) since the pod started`,
  ];
}

function rise(
  samples: readonly CounterSample[],
  now: Counters,
): { readonly attemptFails: number; readonly outRsts: number; readonly seconds: number } {
  const [oldest] = samples;
  const newest = samples.at(-1);
  if (oldest === undefined || newest === undefined) {
    return { attemptFails: 0, outRsts: 0, seconds: 0 };
  }
  return {
    attemptFails: (now.attemptFails ?? 0) - (oldest.counters.attemptFails ?? 0),
    outRsts: (now.outRsts ?? 0) - (oldest.counters.outRsts ?? 0),
    seconds: Math.round((newest.atMs - oldest.atMs) / 1000),
  };
}
