import type { Agent } from '../agent/agent.ts';
import type { Chronicle } from '../agent/chronicle.ts';
import { checkNames } from '../assess/report/checks.ts';
import { type AppOptions, createApp, createHealthApp } from '../http/app.ts';
import { evidenceRouter } from '../http/evidence-api.ts';
import { ensembleOf, pageView } from '../http/page/view.ts';
import { ensembleDocument } from '../model/ensemble-document.ts';
import type { Profile } from '../model/profile.ts';
import { packageVersion } from '../version.ts';
import { lazily } from './lazy-page.ts';
import type { Apps } from './listeners.ts';
import type { WatchedSurroundings } from './surroundings.ts';

/** What the outputs show, and how they learn that the agent stops. */
export interface OutputSources {
  readonly agent: Agent;
  readonly chronicle: Chronicle;
  readonly surroundings: Pick<WatchedSurroundings, 'asked' | 'otherMembers' | 'observers'>;
  readonly profile: Profile;
  readonly stops: AppOptions['stops'];
  readonly authenticate: AppOptions['authenticate'];
  /** Where the runbook is; `null` where that is not known. */
  readonly runbookUrl: string | null;
  /** The port that the members' probes listen on, as this one does. */
  readonly probePort: number;
  readonly onStop: (listener: () => void) => () => void;
  /** Log lines that found no room, since the start. */
  readonly logLinesDropped: () => number;
  /** Is told of a request that failed by a fault of the probe. */
  readonly onError: (error: unknown) => void;
}

/** What is served: everything, and health alone. */
export function outputsOf(sources: OutputSources): Apps {
  const { agent, chronicle, surroundings, profile, runbookUrl, probePort } = sources;
  const { stops, authenticate, onStop, logLinesDropped, onError } = sources;
  const { asked, observers } = surroundings;
  const { transitions, onTransition } = chronicle;
  const page = pageView({
    view: agent,
    onReport: agent.onReport,
    ...{ onStop, profile, transitions, asked, observers },
    ...{ runbookUrl, probePort },
  });
  const watched = {
    ports: profile.ports.flatMap(({ role, ports }) => ports.map((port) => ({ port, role }))),
    checks: checkNames(profile),
    get peers() {
      return surroundings.otherMembers().map(({ name }) => name);
    },
  };
  const members = () => ensembleOf({ view: agent, asked, profile, observers });
  const ensemble = () =>
    asked().peers === null ? null : ensembleDocument(agent.report(), members());
  return {
    app: createApp(agent, {
      ...{ watched, stops, authenticate },
      build: { version: packageVersion(), node: process.version },
      logLinesDropped,
      evidence: evidenceRouter({ transitions, onTransition, onStop, ensemble }),
      page: lazily(async () => (await import('../http/page/router.ts')).pageRouter(page)),
      onError,
    }),
    healthApp: createHealthApp(agent, { watched, stops, onError }),
  };
}
