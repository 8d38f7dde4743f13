import { FINDING_CODES } from '../../src/model/findings.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The findings by severity, each a link to its section of the runbook. */
export function findingsMarkdown(): string {
  const severities = [...new Set(FINDING_CODES.map(({ severity }) => severity))];
  return markdownTable(
    ['Severity', 'Findings'],
    severities.map((severity) => [
      severity,
      FINDING_CODES.filter((finding) => finding.severity === severity)
        .map(({ code: name }) => `[${code(name)}](#${name})`)
        .join(', '),
    ]),
  );
}
