import type { Severity } from './vocabulary.ts';

/**
 * The closed catalogue: every finding there is, with its severity. Reports list findings in this
 * order, so that the first one names the cause that the others follow from.
 */
export const FINDING_CODES = [
  { code: 'stale-scan', severity: 'critical' },
  { code: 'client-port-closed', severity: 'critical' },
  { code: 'peer-port-closed', severity: 'critical' },
  { code: 'mesh-loopback-delivery', severity: 'critical' },
  { code: 'loopback-only-listener', severity: 'critical' },
  { code: 'exhausted-passthrough-ports', severity: 'critical' },
  { code: 'isolated', severity: 'critical' },
  { code: 'partial-partition', severity: 'critical' },
  { code: 'duplicate-leader', severity: 'critical' },
  { code: 'leader-without-quorum', severity: 'critical' },
  { code: 'no-quorum', severity: 'critical' },
  { code: 'service-mismatch', severity: 'warning' },
  { code: 'not-a-member', severity: 'warning' },
  { code: 'members-unresolved', severity: 'warning' },
  { code: 'bootstrap-unpublished', severity: 'warning' },
  { code: 'mtu-black-hole', severity: 'warning' },
  { code: 'handshake-fails', severity: 'warning' },
  { code: 'stalled-link', severity: 'warning' },
  { code: 'silent-peer', severity: 'warning' },
  { code: 'peer-connecting', severity: 'warning' },
  { code: 'peer-missing', severity: 'warning' },
  { code: 'port-in-no-service', severity: 'warning' },
  { code: 'proxy-missing-upstream', severity: 'warning' },
  { code: 'lossy-link', severity: 'warning' },
  { code: 'slow-peer', severity: 'warning' },
  { code: 'accept-queue-backlog', severity: 'warning' },
  { code: 'unread-bytes', severity: 'warning' },
  { code: 'srvr-disagrees', severity: 'warning' },
  { code: 'mixed-owners', severity: 'warning' },
  { code: 'members-unmatched', severity: 'warning' },
  { code: 'member-list-mismatch', severity: 'warning' },
  { code: 'stale-peer-address', severity: 'warning' },
  { code: 'certificate-expiring', severity: 'warning' },
  { code: 'connection-churn', severity: 'info' },
  { code: 'idle-election-links', severity: 'info' },
  { code: 'keepalive-off', severity: 'info' },
  { code: 'foreign-sockets', severity: 'info' },
] as const satisfies readonly { readonly code: string; readonly severity: Severity }[];

export type FindingCode = (typeof FINDING_CODES)[number]['code'];

/** Findings that are of a lesser severity where the quorum is not lost with them. */
export const LESSER_SEVERITIES: Readonly<Partial<Record<FindingCode, Severity>>> = {
  'partial-partition': 'warning',
};

/** Each code with each severity that a finding of it may have. */
export const FINDING_SEVERITIES = FINDING_CODES.flatMap(
  ({ code, severity }): readonly { readonly code: FindingCode; readonly severity: Severity }[] => {
    const lesser = LESSER_SEVERITIES[code];
    return [{ code, severity }, ...(lesser === undefined ? [] : [{ code, severity: lesser }])];
  },
);

/** The finding to read first, with its remedy, in one line; `null` where there is none above `info`. */
export function leadingFinding(
  findings: readonly {
    readonly code: FindingCode;
    readonly severity: Severity;
    readonly summary: string;
    readonly remedy: string;
  }[],
): string | null {
  const leading =
    findings.find(({ severity }) => severity === 'critical') ??
    findings.find(({ severity }) => severity === 'warning');
  return leading === undefined
    ? null
    : `${leading.code}: ${leading.summary} Remedy: ${leading.remedy}`;
}
