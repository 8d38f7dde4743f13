import { FINDING_CODES, type FindingCode } from '../../model/findings.ts';
import type { Finding } from '../../model/report.ts';

/** A diagnosed cause before its fixed severity is added. */
export interface Diagnosis {
  readonly code: FindingCode;
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
      .map(({ certainty, summary, evidence, cause, remedy }) => ({
        ...{ code, severity, certainty, summary },
        evidence: [...evidence],
        ...{ cause, remedy },
      })),
  );
}
