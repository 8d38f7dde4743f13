import type { EnvoyPart } from '../model/evidence.ts';
import type { Address } from '../model/socket.ts';

/** A part after `/server_info` is asked with what that told. */
export type EnvoyPaths = Readonly<Record<EnvoyPart, string>>;

export const SERVER_INFO_PATH = '/server_info';

const CLUSTER_FIELDS = ['type', 'load_assignment', 'upstream_bind_config', 'name'];
/** What a listener that other pods reach may be bound to beside the pod's own addresses. */
const EVERY_ADDRESS = ['0.0.0.0', '::'];

/**
 * The questions, each narrowed so that its answer is as short in a mesh of thousands of services as
 * in a small one. `name_regex` is RE2's and must match the whole name, so that a bare `|` would be an
 * alternation; Envoys that do not know it ignore it. A listener takes no mask: Envoy applies one to the
 * outermost `Any` alone (`config_dump_handler.cc`). `filter` is matched anywhere in a cluster's name
 * since Envoy 1.38; older ones ignore it, and answer with every cluster.
 */
export function envoyPaths(
  watchedPorts: readonly number[],
  peerPorts: readonly number[],
  podAddresses: readonly Address[],
): EnvoyPaths {
  const bound =
    podAddresses.length === 0 ? '.*' : oneOf([...podAddresses, ...EVERY_ADDRESS].map(literally));
  const listener = `virtualInbound|${bound}_${oneOf(watchedPorts)}`;
  return {
    listeners: `/config_dump?resource=dynamic_listeners&name_regex=${encodeURIComponent(listener)}`,
    clusters: `/config_dump?resource=dynamic_active_clusters&name_regex=${encodeURIComponent('inbound[|].*')}&mask=${CLUSTER_FIELDS.map((name) => `cluster.${name}`).join(',')}`,
    peers: peersPath(peerPorts),
  };
}

/** Of the services' clusters of these ports, and of the one for whatever no Service names. */
export function peersPath(peerPorts: readonly number[]): string {
  const clusters = `^(outbound[|]${oneOf(peerPorts)}[|]|PassthroughCluster$)`;
  return `/clusters?format=json&filter=${encodeURIComponent(clusters)}`;
}

function oneOf(patterns: readonly (string | number)[]): string {
  return `(${patterns.join('|')})`;
}

function literally(address: Address): string {
  return address.replaceAll('.', '[.]');
}
