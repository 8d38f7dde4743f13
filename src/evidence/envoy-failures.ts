import type { ConnectFailures } from '../model/evidence.ts';
import { readSocketAddress } from './envoy-address.ts';
import { countField, field, listField, onlyList, textField } from './json-fields.ts';

/** Entries kept of the failures: one per peer and port, and then some. */
const MAX_FAILURES = 256;

/**
 * Failed connects per host from `/clusters?format=json`, of outbound clusters and hosts of `ports`;
 * `null` where the JSON is something else. A headless service's hosts are the peers that were dialled
 * (an ORIGINAL_DST cluster), and are forgotten about 5 s after their last use; those of a port that
 * no Service names are in `PassthroughCluster`.
 */
export function readConnectFailures(
  clusters: unknown,
  ports: readonly number[],
): readonly ConnectFailures[] | null {
  const statuses = onlyList(clusters, 'cluster_statuses');
  if (statuses === null) return null;
  const failures = new Map<string, ConnectFailures>();
  for (const status of statuses) {
    if (!isOutbound(textField(status, 'name'))) continue;
    for (const host of listField(status, 'host_statuses')) {
      const peer = readSocketAddress(field(host, 'address'));
      if (peer === null || !ports.includes(peer.port)) continue;
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

function isOutbound(cluster: string | null): boolean {
  return cluster !== null && !/^inbound/i.test(cluster);
}
