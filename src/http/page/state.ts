import type { EnsembleView } from '../../model/ensemble.ts';
import type { MtlsMode } from '../../model/evidence.ts';
import type { Profile } from '../../model/profile.ts';
import type { Report } from '../../model/report.ts';
import type { Transition } from '../../model/transition.ts';
import type { Timeline } from './timeline.ts';

/** What sources outside the socket table said, where they were asked. */
export interface PageEvidence {
  readonly mtls: readonly { readonly port: number; readonly mode: MtlsMode }[];
  /** The server's own word about itself. */
  readonly server: { readonly mode: string; readonly version: string } | null;
}

/** Everything the status page shows, at one moment. */
export interface PageState {
  readonly nowMs: number;
  readonly report: Report;
  readonly profile: Profile;
  /** How the members stood over the last half hour. */
  readonly timeline: Timeline;
  /** Oldest first. */
  readonly transitions: readonly Transition[];
  /** What the members say together; of this member alone where the others' probes are not asked. */
  readonly ensemble: EnsembleView;
  readonly evidence: PageEvidence | null;
  /** Address of the runbook, whose sections bear the findings' codes; `null` where none is known. */
  readonly runbookUrl: string | null;
  /** The port that the members' probes listen on. */
  readonly probePort: number;
}

/** What the status page reads of the agent. */
export interface PageView {
  report(): Report;
  readonly profile: Profile;
  readonly runbookUrl: string | null;
  readonly probePort: number;
  timeline(): Timeline;
  transitions(): readonly Transition[];
  ensemble(): EnsembleView;
  evidence(): PageEvidence | null;
  /** Calls back after each new report; the returned function ends it. */
  onReport(listener: () => void): () => void;
  /** Calls back once when the agent begins to stop; the returned function ends it. */
  onStop(listener: () => void): () => void;
}
