import { FINDING_CODES, type FindingCode, LESSER_SEVERITIES } from '../../model/findings.ts';
import type { Finding } from '../../model/report.ts';

/** A diagnosed cause before its severity is added. */
export interface Diagnosis {
  readonly code: FindingCode;
  /** Which of the severities that the catalogue has for the code; left out where it has one. */
  readonly weight?: 'lesser';
  readonly certainty: Finding['certainty'];
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly cause: string;
  readonly remedy: string;
}

/** Diagnoses as findings of the report, in the catalogue's order. */
export function toFindings(diagnoses: readonly Diagnosis[]): Finding[] {
  return FINDING_CODES.flatMap(({ code, severity }) =>
    diagnoses
      .filter((diagnosis) => diagnosis.code === code)
      .map(({ weight, certainty, summary, evidence, cause, remedy }) => ({
        ...{ code, certainty, summary },
        severity: weight === 'lesser' ? (LESSER_SEVERITIES[code] ?? severity) : severity,
        evidence: [...evidence],
        ...{ cause, remedy },
      })),
  );
}
