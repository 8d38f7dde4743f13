import type { Listener } from '../../model/link.ts';
import { isPeerPort, peerPorts } from '../../model/profile.ts';
import type { Counters } from '../../model/report.ts';
import type { CounterSample } from '../scene/observation.ts';
import { endpointText, listed, rowsText } from '../scene/row-text.ts';
import { peerLinks, type Scene } from '../scene/scene.ts';
import { type AdminDelivery, deliveryByAdmin, type LoopbackTarget } from './admin-delivery.ts';
import type { Diagnosis } from './finding.ts';

/** Failed attempts, and their share of all attempts, from which a young namespace's totals tell. */
const FAILED_ATTEMPTS = 3;
const FAILED_SHARE = 0.2;

/**
 * The proxy hands peer traffic to 127.0.0.1 while the server listens on the pod address alone
 * (as Istiod before 1.10 has it, or a later one that is set back to that way). Each attempt of a peer then ends in this pod's own
 * kernel: the proxy's connect fails (AttemptFails) by a reset that the kernel itself sends (OutRsts).
 */
export function loopbackDelivery(scene: Scene): Diagnosis[] {
  const { mesh, listeners } = scene.folded;
  if (mesh.kind === 'none' || mesh.kind === 'istio-ambient') return [];
  const { role, linked } = scene.standing;
  if (role !== 'looking' && !(role === 'member' && linked.kind === 'out')) return [];
  if (mesh.inbound === 'passthrough' || mesh.inbound === 'original-source') return [];
  const peerListeners = listeners.filter((listener) =>
    scene.settings.profile.ports.some((spec) => spec.role === listener.role && isPeerPort(spec)),
  );
  if (peerListeners.length === 0 || peerListeners.some(({ reach }) => reach !== 'pod')) return [];
  const ports = peerListeners.map(({ port }) => port);
  const admin = deliveryByAdmin(scene.observation.asked.envoy?.answer, ports);
  if (admin.kind === 'elsewhere') return [];
  const signs = resetsOfOwnKernel(scene);
  if (admin.kind === 'nothing') {
    return signs === null ? [] : [diagnosis(peerListeners, suspicion(scene, signs))];
  }
  const targets = admin.targets.filter(({ dialled }) => !isListenedOn(scene, dialled));
  if (targets.length === 0) return [];
  const looped = peerListeners.filter(({ port }) => targets.some((target) => target.port === port));
  return [diagnosis(looped, byAdmin(scene, admin, targets, signs))];
}

/** Whether the delivery finds a listener after all: on all addresses, or on loopback. */
function isListenedOn(scene: Scene, port: number): boolean {
  return scene.table.listeners.some(
    ({ local }) =>
      local.port === port &&
      (['0.0.0.0', '::', '::1'].includes(local.address) || local.address.startsWith('127.')),
  );
}

type Grounds = Pick<Diagnosis, 'certainty' | 'evidence' | 'cause' | 'remedy'>;

function diagnosis(listeners: readonly Listener[], grounds: Grounds): Diagnosis {
  const addresses = listeners
    .flatMap((listener) => listener.addresses.map((address) => ({ address, port: listener.port })))
    .map(endpointText);
  return {
    code: 'mesh-loopback-delivery',
    summary: `The mesh proxy delivers peer traffic to 127.0.0.1, where nothing listens: the server listens only on ${listed(addresses)}, so no peer can reach it through the proxy.`,
    ...grounds,
    evidence: [
      ...listeners.flatMap((listener) => rowsText(listener.rows)),
      'no connection from 127.0.0.6, the source address of a proxy that delivers to the pod address',
      ...grounds.evidence,
    ],
  };
}

function suspicion(scene: Scene, signs: readonly string[]): Grounds {
  return {
    certainty: 'suspected',
    evidence: [...signs],
    cause: OLD_WAYS,
    remedy: anyRemedy(scene),
  };
}

/**
 * Confirmed only where the proxy would also have said that the redirection leaves the port out, or the
 * kernel's resets agree; never beside a connection that came past the proxy.
 */
function byAdmin(
  scene: Scene,
  admin: Extract<AdminDelivery, { readonly kind: 'loopback' }>,
  targets: readonly LoopbackTarget[],
  signs: readonly string[] | null,
): Grounds {
  const past = pastTheProxy(scene, targets);
  const isSure = past.length === 0 && (admin.isRedirectionTold || signs !== null);
  return {
    certainty: isSure ? 'confirmed' : 'suspected',
    evidence: [
      ...(signs ?? []),
      "the proxy's admin interface: inbound clusters of these ports are STATIC, 127.0.0.1",
      ...(past.length === 0
        ? []
        : ['but these bypassed the proxy: the ports may be excluded from redirection', ...past]),
    ],
    cause: admin.ways === '' ? OLD_WAYS : sentence(admin.ways),
    remedy: admin.remedies === '' ? anyRemedy(scene) : admin.remedies,
  };
}

/** Connections to these ports with a peer's own source address, which the proxy did not dial. */
function pastTheProxy(scene: Scene, targets: readonly LoopbackTarget[]): string[] {
  const links = scene.folded.links.filter(
    ({ direction, path, peer, port }) =>
      direction === 'inbound' &&
      path === 'direct' &&
      peer !== null &&
      !scene.folded.podAddresses.includes(peer) &&
      targets.some((target) => target.port === port),
  );
  return rowsText(links.flatMap((link) => link.rows));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const OLD_WAYS =
  'Istiod is older than 1.10, or is configured for the old inbound delivery: PILOT_ENABLE_INBOUND_PASSTHROUGH=false (1.10 to 1.20), meshConfig.inboundTrafficPolicy.mode: LOCALHOST (1.22 and later), or a Sidecar ingress with defaultEndpoint 127.0.0.1.';

function anyRemedy(scene: Scene): string {
  const { profile } = scene.settings;
  return `Upgrade Istiod to Istio 1.10 or later and remove the setting that restores the old delivery. Or let the server listen on all addresses (${profile.advice.listenEverywhere}). Or exclude the peer ports from the mesh on all members, with traffic.sidecar.istio.io/excludeInboundPorts and excludeOutboundPorts: "${peerPorts(profile).join(',')}".`;
}

/** What the counters say of it, or `null` where they speak against it. */
function resetsOfOwnKernel(scene: Scene): string[] | null {
  const { counters } = scene.observation;
  if (counters.attemptFails === null || counters.outRsts === null) {
    // A listing without counters: a person who names the mesh makes it worth suspecting, or links that were
    // opened as far as the proxy and closed again by it, as it does when the peer's side refuses.
    const closed = closedAgain(scene);
    if (closed.length > 0) return ['no counters in this input', ...closed];
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

function closedAgain(scene: Scene): string[] {
  const links = peerLinks(scene);
  if (links.some(({ state }) => state === 'up')) return [];
  const rows = links.flatMap((link) => (link.direction === 'outbound' ? link.rows : []));
  return rowsText(rows.filter(({ state }) => state === 'close_wait'));
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
