import type { Severity } from './report.ts';

/** The closed catalogue: every finding there is, with its fixed severity, in the order of outputs. */
export const FINDING_CODES = [
  { code: 'client-port-closed', severity: 'critical' },
  { code: 'peer-port-closed', severity: 'critical' },
  { code: 'no-quorum', severity: 'critical' },
  { code: 'leader-without-quorum', severity: 'critical' },
  { code: 'duplicate-leader', severity: 'critical' },
  { code: 'isolated', severity: 'critical' },
  { code: 'mesh-loopback-delivery', severity: 'critical' },
  { code: 'loopback-only-listener', severity: 'critical' },
  { code: 'exhausted-passthrough-ports', severity: 'critical' },
  { code: 'stale-scan', severity: 'critical' },
  { code: 'peer-missing', severity: 'warning' },
  { code: 'stalled-link', severity: 'warning' },
  { code: 'peer-connecting', severity: 'warning' },
  { code: 'accept-queue-backlog', severity: 'warning' },
  { code: 'unread-bytes', severity: 'warning' },
  { code: 'bootstrap-unpublished', severity: 'warning' },
  { code: 'proxy-missing-upstream', severity: 'warning' },
  { code: 'srvr-disagrees', severity: 'warning' },
  { code: 'member-list-mismatch', severity: 'warning' },
  { code: 'stale-peer-address', severity: 'warning' },
  { code: 'connection-churn', severity: 'info' },
  { code: 'idle-election-links', severity: 'info' },
  { code: 'keepalive-off', severity: 'info' },
] as const satisfies readonly { readonly code: string; readonly severity: Severity }[];

export type FindingCode = (typeof FINDING_CODES)[number]['code'];
