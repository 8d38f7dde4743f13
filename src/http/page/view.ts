import { viewEnsemble } from '../../assess/ensemble/ensemble.ts';
import type { AgentView } from '../../model/agent-view.ts';
import type { AskedEvidence } from '../../model/asked.ts';
import type { EnsembleView } from '../../model/ensemble.ts';
import type { Profile } from '../../model/profile.ts';
import type { Report } from '../../model/report.ts';
import type { Transition } from '../../model/transition.ts';
import type { PageEvidence, PageView } from './state.ts';
import { NO_TIMELINE, rememberStandings, standingsIn } from './timeline.ts';

/** Where the page takes its content from. */
export interface PageSources {
  readonly view: AgentView;
  readonly onReport: (listener: (report: Report) => void) => () => void;
  readonly onStop: (listener: () => void) => () => void;
  readonly profile: Profile;
  readonly transitions: () => readonly Transition[];
  readonly asked: () => AskedEvidence;
  /** Names of the members without a vote. */
  readonly observers: () => ReadonlySet<string>;
  readonly runbookUrl: string | null;
  readonly probePort: number;
}

/** The agent as the status page reads it, with the timeline of the last half hour. */
export function pageView(sources: PageSources): PageView {
  let timeline = NO_TIMELINE;
  sources.onReport((report) => {
    const answers = sources.asked().peers?.answer.answers ?? null;
    timeline = rememberStandings(timeline, standingsIn(report, answers), Date.parse(report.at));
  });
  return {
    report: () => sources.view.report(),
    profile: sources.profile,
    runbookUrl: sources.runbookUrl,
    probePort: sources.probePort,
    timeline: () => timeline,
    transitions: sources.transitions,
    ensemble: () => ensembleOf(sources),
    evidence: () => evidenceOf(sources.view.report()),
    onReport: (listener) => sources.onReport(() => listener()),
    onStop: sources.onStop,
  };
}

/** What the members say together; of the others' probes, where they are asked. */
export function ensembleOf({
  view,
  asked,
  profile,
  observers,
}: Pick<PageSources, 'view' | 'asked' | 'profile' | 'observers'>): EnsembleView {
  const { peers } = asked();
  const answers = peers?.answer.answers ?? null;
  return viewEnsemble({ own: view.report(), answers, profile, observers: observers() });
}

function evidenceOf({ asked: { srvr, envoy } }: Report): PageEvidence | null {
  if (srvr === null && envoy === null) return null;
  const server =
    srvr?.mode == null ? null : { mode: srvr.mode, version: srvr.version ?? 'unknown' };
  return { mtls: (envoy?.ports ?? []).map(({ port, mtls }) => ({ port, mode: mtls })), server };
}
