import type { ConnectFailures, InboundDelivery, LoopbackCause } from '../model/evidence.ts';
import type { Address } from '../model/socket.ts';
import { parseAddress } from '../proc/printed-address.ts';
import { countField, field, listField, textField } from './json-fields.ts';

/** How the proxy delivers each port that an `inbound|PORT||` cluster names. */
export type InboundClusters = ReadonlyMap<number, InboundDelivery>;

/**
 * Reads `/config_dump?resource=dynamic_active_clusters`, or a whole `/config_dump`; `null` where the
 * JSON is neither. Shapes after Istio's `cluster_builder.go`, `buildInboundCluster`.
 */
export function readInboundClusters(dump: unknown): InboundClusters | null {
  if (!Array.isArray(field(dump, 'configs'))) return null;
  const deliveries = new Map<number, InboundDelivery>();
  for (const config of listField(dump, 'configs')) {
    for (const holder of [config, ...listField(config, 'dynamic_active_clusters')]) {
      const cluster = field(holder, 'cluster');
      const port = inboundPort(textField(cluster, 'name'));
      if (port !== null) deliveries.set(port, deliveryOf(cluster));
    }
  }
  return deliveries;
}

/** Istio before 1.8 filled the two last parts of the name. */
function inboundPort(name: string | null): number | null {
  const match = /^inbound\|(\d{1,5})\|[^|]*\|[^|]*$/.exec(name ?? '');
  return match === null ? null : Number(match[1]);
}

function deliveryOf(cluster: unknown): InboundDelivery {
  // The default of the enumeration is STATIC, and protobuf's JSON may leave defaults out.
  const type = textField(cluster, 'type') ?? 'STATIC';
  if (type === 'ORIGINAL_DST') {
    const source = textField(cluster, 'upstream_bind_config', 'source_address', 'address');
    return { kind: 'original-destination', source: parseAddress(source ?? '') };
  }
  const [endpoints] = listField(cluster, 'load_assignment', 'endpoints');
  const [endpoint] = listField(endpoints, 'lb_endpoints');
  const target = readSocketAddress(field(endpoint, 'endpoint', 'address'));
  if (type !== 'STATIC' || target === null) return { kind: 'unknown' };
  const loopback = target.address.startsWith('127.') || target.address === '::1';
  return { kind: loopback ? 'loopback' : 'fixed-address', ...target };
}

function readSocketAddress(
  address: unknown,
): { readonly address: Address; readonly port: number } | null {
  const host = parseAddress(textField(address, 'socket_address', 'address') ?? '');
  const port = countField(address, 'socket_address', 'port_value');
  return host === null || port === null || port > 65_535 ? null : { address: host, port };
}

/** The delivery of a port for which no cluster was made: the catch-all keeps the dialled address. */
export function deliveryTo(port: number, clusters: InboundClusters): InboundDelivery {
  return clusters.get(port) ?? { kind: 'catch-all' };
}

/**
 * Which settings may have led to the loopback deliveries among `clusters`. A Sidecar's
 * `defaultEndpoint` alone gives another port than the cluster's own, and alone (its listeners not
 * merged with those of Services, which is Istio's default) leaves other ports with another delivery;
 * the other three are of the whole mesh and bound to versions: the passthrough switch came with 1.10
 * and went with 1.21, which brought `inboundTrafficPolicy`.
 */
export function loopbackCauses(
  clusters: InboundClusters,
  istioVersion: string | null,
): readonly LoopbackCause[] {
  const entries = [...clusters];
  const toLoopback = entries.flatMap(([port, delivery]) =>
    delivery.kind === 'loopback' ? [{ port, delivery }] : [],
  );
  if (toLoopback.length === 0) return [];
  const minor = istioMinor(istioVersion);
  if (minor !== null && minor < 10) return ['istio-before-1.10'];
  const otherPort = toLoopback.some(({ port, delivery }) => delivery.port !== port);
  const mixed = entries.some(
    ([, { kind }]) => kind === 'original-destination' || kind === 'fixed-address',
  );
  if (otherPort || mixed) return ['sidecar-default-endpoint'];
  if (minor === null) {
    return [
      'istio-before-1.10',
      'inbound-passthrough-disabled',
      'inbound-traffic-policy-localhost',
      'sidecar-default-endpoint',
    ];
  }
  return minor < 21
    ? ['inbound-passthrough-disabled', 'sidecar-default-endpoint']
    : ['inbound-traffic-policy-localhost', 'sidecar-default-endpoint'];
}

function istioMinor(version: string | null): number | null {
  const match = /^1\.(\d{1,3})(?:\D|$)/.exec(version ?? '');
  return match === null ? null : Number(match[1]);
}

/** Entries kept of the failures: one per peer and port, and then some. */
const MAX_FAILURES = 256;

/**
 * Failed connects per host from `/clusters?format=json`, of the outbound clusters of the watched
 * ports; `null` where the JSON is something else.
 */
export function readConnectFailures(
  clusters: unknown,
  watchedPorts: readonly number[],
): readonly ConnectFailures[] | null {
  if (!Array.isArray(field(clusters, 'cluster_statuses'))) return null;
  const failures = new Map<string, ConnectFailures>();
  for (const status of listField(clusters, 'cluster_statuses')) {
    if (textField(status, 'name')?.startsWith('inbound|') ?? true) continue;
    for (const host of listField(status, 'host_statuses')) {
      const peer = readSocketAddress(field(host, 'address'));
      if (peer === null || !watchedPorts.includes(peer.port)) continue;
      const stat = listField(host, 'stats').find(
        (candidate) => textField(candidate, 'name') === 'cx_connect_fail',
      );
      const key = `${peer.address} ${peer.port}`;
      // Zero, as any default, may be left out.
      const failed = (countField(stat, 'value') ?? 0) + (failures.get(key)?.failures ?? 0);
      if (failures.has(key) || failures.size < MAX_FAILURES) {
        failures.set(key, { ...peer, failures: failed });
      }
    }
  }
  return [...failures.values()];
}
