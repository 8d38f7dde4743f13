export const READINESS_STATES = ['out', 'unknown', 'settling', 'awaiting-server', 'ready'] as const;
export const READY_BY = ['settled', 'server', 'bootstrap'] as const;
export type ReadyBy = (typeof READY_BY)[number];

/**
 * Whether clients may be sent to this member:
 * `out`: it is in no quorum;
 * `unknown`: what was seen cannot answer that, which counts as not ready;
 * `settling`: it is in a quorum that has not held for the settling time yet;
 * `awaiting-server`: its sockets show a quorum, and the server itself says that it does not serve;
 * `ready`: and what it is ready by.
 * Times are of the agent's steady clock.
 */
export type Readiness =
  | { readonly kind: 'out'; readonly sinceMs: number }
  | { readonly kind: 'unknown'; readonly sinceMs: number }
  | { readonly kind: 'settling'; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: 'awaiting-server'; readonly sinceMs: number }
  | { readonly kind: 'ready'; readonly sinceMs: number; readonly by: ReadyBy };

/** Readiness as a report holds it; times are ISO 8601. */
export interface ReadinessReport {
  readonly state: Readiness['kind'];
  readonly by: ReadyBy | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly reason: string;
}

const READY_REASONS: Readonly<Record<ReadyBy, string>> = {
  settled: 'in a quorum that has held for the settling time',
  server: 'in a quorum, and the server says that it serves',
  bootstrap:
    'ready without a quorum (bootstrap): waiting for peers that are not published yet would never end',
};

/**
 * Why a member is ready or not, in one line, at the wall-clock time `nowMs`: the seconds that are left
 * or have passed are those of now, and not of the report.
 */
export function readinessText(
  { state, by, since, until, reason }: ReadinessReport,
  nowMs: number,
): string {
  switch (state) {
    case 'settling':
      return until === null
        ? reason
        : `settling, ready in ${Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1000))} s`;
    case 'awaiting-server': {
      const said = 'the server says that it does not serve yet';
      return since === null
        ? said
        : `${said}, for ${Math.max(0, Math.round((nowMs - Date.parse(since)) / 1000))} s`;
    }
    case 'ready':
      return by === null ? reason : READY_REASONS[by];
    default:
      return reason;
  }
}
