import type { Profile } from '../../model/profile.ts';
import { readinessText } from '../../model/readiness.ts';
import type { CheckStatus, Finding, MemberRole, PortReport, Report } from '../../model/report.ts';

export { duration } from '../../model/duration.ts';

/** A size for people, in binary units. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(kib < 10 ? 1 : 0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

/** A count with its noun: `1 link`, `2 links`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The time of day in UTC, as an operator finds it in logs. */
export function clockTime(iso: string): string {
  const time = /T(\d\d:\d\d:\d\d)/.exec(iso)?.[1];
  return time ? `${time} UTC` : iso;
}

export { firstLabel as shortName } from '../../model/short-names.ts';

const IN_QUORUM: Readonly<Record<MemberRole, string>> = {
  leader: 'Leading the quorum',
  learner: 'Following in the quorum',
  standalone: 'Serving alone',
  member: 'In the quorum',
  looking: 'In the quorum',
  absent: 'In the quorum',
  unknown: 'In the quorum',
};

const OUT_OF_QUORUM: Readonly<Record<MemberRole, string>> = {
  leader: 'Leading without a majority',
  learner: 'Following, but the link with the leader does not work',
  looking: 'Not in the quorum: looking for a leader',
  standalone: 'Running alone, outside its quorum',
  absent: 'Not running: it listens on none of its ports',
  member: 'Not in the quorum',
  unknown: 'Not in the quorum',
};

/** Whether the last scan showed the sockets; what they do not answer may still be unknown. */
export function seesSockets({ checks }: Report): boolean {
  return checks.some(({ name, status }) => name === 'scan' && ['pass', 'warn'].includes(status));
}

/** The verdict as one line. */
export function headline(report: Report): string {
  if (report.verdict === 'unknown') {
    return seesSockets(report)
      ? 'Unknown: the sockets do not show whether there is a quorum'
      : 'Unknown: the probe cannot see the sockets';
  }
  if (report.bootstrap) return 'Ready without a quorum, by the bootstrap rule';
  if (report.verdict === 'broken' || report.inQuorum === false) return OUT_OF_QUORUM[report.role];
  return IN_QUORUM[report.role];
}

/** Why the verdict is what it is: the worst finding, the first failing check, or what holds. */
export function why(report: Report, profile: Profile, nowMs: number): string {
  return sentence(reason(report, profile, nowMs));
}

function reason(report: Report, profile: Profile, nowMs: number): string {
  if (report.verdict === 'unknown' && report.scan.error) return report.scan.error;
  const [worst] = byUrgency(report.findings).filter(({ severity }) => severity !== 'info');
  if (worst) return worst.summary;
  const bad = withStatus(report, 'fail') ?? withStatus(report, 'warn');
  const open = report.verdict === 'unknown' ? withStatus(report, 'unknown') : undefined;
  const first = bad ?? open;
  if (first) return first.reason;
  if (!report.ready) return readinessText(report.readiness, nowMs);
  const link = report.checks.find(({ name }) => name === 'quorum-link');
  return quorumWords(report) ?? link?.reason ?? `Ready: ${profile.ready}`;
}

function withStatus({ checks }: Report, wanted: CheckStatus) {
  return checks.find(({ status }) => status === wanted);
}

/** Names and paths keep their first letter as it is. */
function sentence(text: string): string {
  const begun = /^[a-z]+,? /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Findings, the most urgent first. */
export function byUrgency(findings: readonly Finding[]): readonly Finding[] {
  const rank = { critical: 0, warning: 1, info: 2 };
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Where a port listens. */
export function listenerWords(port: PortReport): string {
  if (!port.listener) return 'not listening';
  if (port.listener.reach === 'wildcard') return 'on all addresses';
  return port.listener.reach === 'pod' ? 'on the pod address' : 'on loopback only';
}

/** The failures that the quorum survives: more of them where voters are missing already. */
export function failures({ quorum: { size: voters, votes, margin } }: Report): string {
  return counted(margin ?? 0, voters !== null && votes === voters ? 'failure' : 'more failure');
}

function quorumWords(report: Report): string | null {
  const { size: voters, votes, margin } = report.quorum;
  if (voters === null || votes === null || margin === null) return null;
  const spare = margin > 0 ? `it survives ${failures(report)}` : 'one more failure loses it';
  return `${votes} of ${counted(voters, 'voter')} linked; ${spare}`;
}
