import { FINDING_CODES } from '../../src/model/findings.ts';
import { sectionsOf } from '../deploy/runbook.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The catalogue of findings, each with what the runbook says first of it; `runbook` is its path. */
export function findingsMarkdown(runbook: string): string {
  const sections = sectionsOf('RUNBOOK.md');
  return markdownTable(
    ['Finding', 'Severity', 'Meaning'],
    FINDING_CODES.map(({ code: name, severity }) => {
      const section = sections.find(({ heading }) => heading === name);
      return [`[${code(name)}](${runbook}#${name})`, severity, firstSentence(section?.text ?? '')];
    }),
  );
}

function firstSentence(section: string): string {
  const means = /\*\*Means\*\* (.*?)\n\*\*/s.exec(section)?.[1]?.replaceAll('\n', ' ') ?? '';
  return /^.*?\.(?= |$)/.exec(means)?.[0] ?? '';
}
