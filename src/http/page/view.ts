import { viewEnsemble } from '../../assess/ensemble/ensemble.ts';
import type { AgentView } from '../../model/agent-view.ts';
import type { AskedEvidence } from '../../model/asked.ts';
import type { EnsembleView } from '../../model/ensemble.ts';
import type { Profile } from '../../model/profile.ts';
import type { Report } from '../../model/report.ts';
import type { Transition } from '../../model/transition.ts';
import { remember, sampleOf } from './history.ts';
import type { HistorySample, PageEvidence, PageView } from './state.ts';

/** Where the page takes its content from. */
export interface PageSources {
  readonly view: AgentView;
  readonly onReport: (listener: (report: Report) => void) => () => void;
  readonly onStop: (listener: () => void) => () => void;
  readonly profile: Profile;
  readonly transitions: () => readonly Transition[];
  readonly asked: () => AskedEvidence;
  readonly runbookUrl: string | null;
}

/** The agent as the status page reads it, with the short history of its chart. */
export function pageView(sources: PageSources): PageView {
  let history: readonly HistorySample[] = [];
  sources.onReport((report) => {
    history = remember(history, sampleOf(report));
  });
  return {
    report: () => sources.view.report(),
    profile: sources.profile,
    runbookUrl: sources.runbookUrl,
    history: () => history,
    transitions: sources.transitions,
    ensemble: () => ensembleOf(sources),
    evidence: () => evidenceOf(sources.view.report()),
    onReport: (listener) => sources.onReport(() => listener()),
    onStop: sources.onStop,
  };
}

/** What the members' probes say together; `null` where they are not asked. */
export function ensembleOf({
  view,
  asked,
  profile,
}: Pick<PageSources, 'view' | 'asked' | 'profile'>): EnsembleView | null {
  const { peers } = asked();
  if (peers === null) return null;
  return viewEnsemble({ own: view.report(), answers: peers.answer.answers, profile });
}

function evidenceOf({ asked: { srvr, envoy } }: Report): PageEvidence | null {
  if (srvr === null && envoy === null) return null;
  const server =
    srvr?.mode == null ? null : { mode: srvr.mode, version: srvr.version ?? 'unknown' };
  return { mtls: (envoy?.ports ?? []).map(({ port, mtls }) => ({ port, mode: mtls })), server };
}
