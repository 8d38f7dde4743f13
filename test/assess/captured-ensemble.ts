import { fileURLToPath } from 'node:url';
import {
  type EnsembleEvidence,
  viewEnsemble,
  wholeReport,
} from '../../src/assess/ensemble/ensemble.ts';
import { reportEnsemble } from '../../src/assess/ensemble/report-ensemble.ts';
import type { EnsembleView } from '../../src/model/ensemble.ts';
import type { EnsembleDocument } from '../../src/model/ensemble-document.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { lookAt } from './judging.ts';

/** Addresses of the captured pods, by their number. */
export const PODS = ['10.96.8.10', '10.96.6.11', '10.96.7.10'] as const;

/** The reports of the three pods at a captured moment, as `scenario/moment`. */
export function capturedReports(moment: string): Promise<Report[]> {
  const root = fileURLToPath(new URL(`../fixtures/zookeeper/${moment}/`, import.meta.url));
  return Promise.all(PODS.map((address, pod) => lookAt(`${root}${pod}`, address)));
}

export function answered(report: Report): PeerAnswer {
  return { kind: 'answered', rttMs: 1.5, report: wholeReport(report) };
}

/** The evidence as the member whose report comes first would have it. */
export function evidenceOf([own, ...peers]: readonly Report[]): EnsembleEvidence {
  if (own === undefined) throw new Error('a report of its own is needed');
  return {
    own,
    answers: new Map(peers.map((report) => [report.member.addresses[0] ?? '', answered(report)])),
    profile: zookeeper,
    observers: new Set(),
  };
}

/** The whole state of the ensemble as the first of these members sees it, seen for the first time. */
export function documentOf(evidence: EnsembleEvidence): EnsembleDocument {
  const view = viewEnsemble(evidence);
  const moment = { nowMs: 0, at: evidence.own.at };
  const { ensemble } = reportEnsemble(view, zookeeper.quorum, new Map(), moment);
  return { schemaVersion: 1, ...ensemble, ...view };
}

export async function capturedDocument(moment: string): Promise<EnsembleDocument> {
  return documentOf(evidenceOf(await capturedReports(moment)));
}

export async function capturedView(moment: string): Promise<EnsembleView> {
  return viewEnsemble(evidenceOf(await capturedReports(moment)));
}
