import {
  type AgentTotals,
  type FullScanReason,
  type ScanError,
  verdictChange,
} from '../model/agent-view.ts';
import type { Profile } from '../model/profile.ts';
import type { Verdict } from '../model/report.ts';
import type { Address } from '../model/socket.ts';

/** As many addresses as one answer of the proxy holds; those shown longest ago go first. */
const MOST_ADDRESSES = 256;

/** Keeps the counts that only grow. */
export interface TotalsKeeper {
  scanned(reason: FullScanReason): void;
  failed(error: ScanError, times?: number): void;
  /** The links there are now, key to port: what came and went since the last call is counted. */
  linksAre(links: ReadonlyMap<string, number>): void;
  verdictIs(verdict: Verdict, previous: Verdict): void;
  /** More connects of the mesh proxy to an address have failed; 0 says that it shows the address. */
  connectsFailed(address: Address, more: number): void;
  read(): AgentTotals;
}

export function createTotals(profile: Profile): TotalsKeeper {
  const ports = profile.ports.flatMap((spec) => spec.ports);
  const scans = { start: 0, change: 0, 'max-age': 0, confirm: 0 };
  const scanErrors = {
    'table-unreadable': 0,
    'table-malformed': 0,
    'table-truncated': 0,
    'netlink-failed': 0,
    'sources-differ': 0,
    'counters-unreadable': 0,
    'interfaces-unreadable': 0,
    'names-failed': 0,
    'members-file-unreadable': 0,
    'web-config-unreadable': 0,
    'certificate-unreadable': 0,
    'judging-failed': 0,
    'collect-failed': 0,
  };
  const linksOpened = new Map(ports.map((port) => [port, 0]));
  const linksLost = new Map(ports.map((port) => [port, 0]));
  const verdictChanges = new Map<string, number>();
  const failedConnects = new Map<Address, number>();
  let known: ReadonlyMap<string, number> = new Map();

  return {
    scanned(reason) {
      scans[reason] += 1;
    },
    failed(error, times = 1) {
      scanErrors[error] += times;
    },
    linksAre(links) {
      countMissing(links, known, linksOpened);
      countMissing(known, links, linksLost);
      known = links;
    },
    verdictIs(verdict, previous) {
      if (verdict === previous) return;
      const change = verdictChange(previous, verdict);
      verdictChanges.set(change, (verdictChanges.get(change) ?? 0) + 1);
    },
    connectsFailed(address, more) {
      const total = (failedConnects.get(address) ?? 0) + more;
      failedConnects.delete(address);
      failedConnects.set(address, total);
      const [oldest] = failedConnects.keys();
      if (failedConnects.size > MOST_ADDRESSES && oldest !== undefined)
        failedConnects.delete(oldest);
    },
    read: () => ({ scans, scanErrors, linksOpened, linksLost, verdictChanges, failedConnects }),
  };
}

/** Adds to `counts` the links of `some` that are not among `others`. */
function countMissing(
  some: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
  counts: Map<number, number>,
): void {
  for (const [key, port] of some) {
    if (!others.has(key)) counts.set(port, (counts.get(port) ?? 0) + 1);
  }
}
