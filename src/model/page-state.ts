import type { AgentView } from './agent-view.ts';
import type { MtlsMode } from './evidence.ts';
import type { Profile } from './profile.ts';
import type { MemberRole, Report } from './report.ts';
import type { Transition } from './transition.ts';

/** One point of the page's chart. */
export interface HistorySample {
  readonly atMs: number;
  readonly ready: boolean;
  /** Peer links that carry data. */
  readonly linksUp: number;
}

/** What sources outside the socket table said, where they were asked. */
export interface PageEvidence {
  readonly mtls: readonly { readonly port: number; readonly mode: MtlsMode }[];
  /** The server's own word about itself. */
  readonly server: { readonly mode: string; readonly version: string } | null;
}

/** `one-sided`: one end sees the link and the other does not. */
export type CellState = 'linked' | 'one-sided' | 'missing' | 'not-needed' | 'unknown';

/** What `from` sees of `to`. */
export interface EnsembleCell {
  readonly from: string;
  readonly to: string;
  readonly election: CellState;
  readonly quorum: CellState;
  readonly probe: CellState;
}

export interface EnsembleMember {
  readonly name: string;
  readonly role: MemberRole;
  readonly ready: boolean | null;
  /** Round trip of the last answer of this member's probe; `null` for this member and for silence. */
  readonly roundTripMs: number | null;
}

/** The ensemble as its members' probes see it; cells are found by their names, in any order. */
export interface EnsembleMatrix {
  readonly at: string;
  readonly members: readonly EnsembleMember[];
  readonly cells: readonly EnsembleCell[];
}

/** Everything the status page shows, at one moment. */
export interface PageState {
  readonly nowMs: number;
  readonly report: Report;
  readonly profile: Profile;
  readonly history: readonly HistorySample[];
  /** Oldest first. */
  readonly transitions: readonly Transition[];
  readonly ensemble: EnsembleMatrix | null;
  readonly evidence: PageEvidence | null;
  /** Address of the runbook, whose sections bear the findings' codes; `null` where none is known. */
  readonly runbookUrl: string | null;
}

/** What the status page reads of the agent. */
export interface PageView extends AgentView {
  readonly profile: Profile;
  readonly runbookUrl: string | null;
  history(): readonly HistorySample[];
  transitions(): readonly Transition[];
  ensemble(): EnsembleMatrix | null;
  evidence(): PageEvidence | null;
  /** Calls back after each new report; the returned function ends it. */
  onReport(listener: () => void): () => void;
  /** Calls back once when the agent begins to stop; the returned function ends it. */
  onStop(listener: () => void): () => void;
}
