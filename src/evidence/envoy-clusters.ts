import type { InboundDelivery } from '../model/evidence.ts';
import { parseAddress } from '../proc/printed-address.ts';
import { readSocketAddress } from './envoy-address.ts';
import { field, listField, onlyList, textField } from './json-fields.ts';

/** How the proxy delivers each port that an `inbound|PORT||` cluster names. */
export type InboundClusters = ReadonlyMap<number, InboundDelivery>;

/**
 * Reads `/config_dump?resource=dynamic_active_clusters`, or a whole `/config_dump`; `null` where the
 * JSON is neither. Shapes after Istio's `cluster_builder.go`, `buildInboundCluster`.
 */
export function readInboundClusters(dump: unknown): InboundClusters | null {
  const configs = onlyList(dump, 'configs');
  if (configs === null) return null;
  const deliveries = new Map<number, InboundDelivery>();
  for (const config of configs) {
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
  if (type !== 'STATIC') return { kind: 'unknown' };
  if (textField(endpoint, 'endpoint', 'address', 'pipe', 'path') !== null) return { kind: 'unix' };
  const target = readSocketAddress(field(endpoint, 'endpoint', 'address'));
  if (target === null) return { kind: 'unknown' };
  const loopback = target.address.startsWith('127.') || target.address === '::1';
  return { kind: loopback ? 'loopback' : 'fixed-address', ...target };
}
