/**
 * Of the report. It grows when a field goes or changes its meaning, and not for further fields and words:
 * a probe of another release reads what it understands, and takes the rest for unknown.
 */
export const SCHEMA_VERSION = 1;

/** The report's closed lists. */
export const VERDICTS = ['healthy', 'degraded', 'broken', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];
export const MEMBER_ROLES = [
  'leader',
  'learner',
  'looking',
  'standalone',
  'absent',
  'member',
  'unknown',
] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];
export const CHECK_STATUSES = ['pass', 'warn', 'fail', 'unknown'] as const;
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
/** Whether the answer to a member that is to stop is still held, or was given: the member is going. */
export const STOP_STATES = ['held', 'going'] as const;
export type StopState = (typeof STOP_STATES)[number];
/**
 * Whether what a member sends to another one is answered; of what is not, the strongest sign. `answered`: by the
 * other's probe just now, or data came in from it within seconds.
 */
export const REACHES = [
  'answered',
  'connection-unanswered',
  'data-unanswered',
  'probe-unanswered',
  'unknown',
] as const;
export type Reach = (typeof REACHES)[number];

export const PEER_STATUSES = ['linked', 'connecting', 'stalled', 'missing', 'unknown'] as const;

/** The kernel's raw values; null if a file could not be read. */
export const COUNTERS = [
  'activeOpens',
  'passiveOpens',
  'attemptFails',
  'estabResets',
  'currEstab',
  'retransSegs',
  'outRsts',
  'listenOverflows',
  'listenDrops',
  'timeouts',
] as const;
