import { FINDING_CODES, type FindingCode } from '../../model/findings.ts';
import type { Finding, Severity } from '../../model/report.ts';

/** A diagnosed cause before its fixed severity is added. */
export interface Diagnosis {
  readonly code: FindingCode;
  readonly certainty: Finding['certainty'];
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly cause: string;
  readonly remedy: string;
}

const SEVERITY = new Map<FindingCode, Severity>(
  FINDING_CODES.map(({ code, severity }) => [code, severity]),
);
const ORDER = FINDING_CODES.map(({ code }): FindingCode => code);

/** Diagnoses as findings of the report, in the catalogue's order. */
export function toFindings(diagnoses: readonly Diagnosis[]): Finding[] {
  return [...diagnoses]
    .sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code))
    .map((diagnosis) => ({
      code: diagnosis.code,
      severity: SEVERITY.get(diagnosis.code) ?? 'critical',
      certainty: diagnosis.certainty,
      summary: diagnosis.summary,
      evidence: [...diagnosis.evidence],
      cause: diagnosis.cause,
      remedy: diagnosis.remedy,
    }));
}
