import type { Report } from '../model/report.ts';

/**
 * One line for each problem, for `grep`: member, severity, code and summary. Where a member is not ready and no
 * finding says why, a line for each check that fails or is unknown. What is informational needs no action, and no line.
 */
export function scanShort({ member, ready, findings, checks }: Report): string {
  const problems = findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, severity, summary }) => `${severity}: ${code}: ${summary}`);
  const isOpen = !ready && problems.length === 0;
  const open = checks.filter(({ status }) => isOpen && (status === 'fail' || status === 'unknown'));
  const failing = open.map(({ name, status, reason }) => `${status}: ${name}: ${reason}`);
  return [...problems, ...failing].map((line) => `${member.name}: ${line}\n`).join('');
}
