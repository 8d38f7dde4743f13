import type { EnsembleView } from './ensemble.ts';
import type { EnsembleReport } from './ensemble-report.ts';
import type { Report } from './report.ts';

/** What `scan --ensemble --json` prints and `/api/v1/ensemble` serves: the verdict, then all it rests on. */
export interface EnsembleDocument extends EnsembleReport, EnsembleView {
  readonly schemaVersion: 1;
}

/** The ensemble by the own report's verdict of it, and the view that it was made from. */
export function ensembleDocument({ ensemble }: Report, view: EnsembleView): EnsembleDocument {
  return { schemaVersion: 1, ...ensemble, ...view };
}
