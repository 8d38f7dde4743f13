import type { PageState, PageView } from '../../../src/http/page/state.ts';

export interface FakeView {
  readonly view: PageView;
  /** Makes this the state that the page shows, as a new report would. */
  show(state: PageState): void;
  stop(): void;
  /** How many listeners wait for reports. */
  listeners(): number;
}

/** An agent that says what the test tells it to say. */
export function fakeView(first: PageState): FakeView {
  let state = first;
  const onReport = new Set<() => void>();
  const onStop = new Set<() => void>();
  return {
    view: {
      profile: first.profile,
      runbookUrl: first.runbookUrl,
      report: () => state.report,
      probePort: first.probePort,
      timeline: () => state.timeline,
      transitions: () => state.transitions,
      ensemble: () => state.ensemble,
      evidence: () => state.evidence,
      onReport: (listener) => subscribe(onReport, listener),
      onStop: (listener) => subscribe(onStop, listener),
    },
    show(next) {
      state = next;
      for (const listener of onReport) listener();
    },
    stop() {
      for (const listener of onStop) listener();
    },
    listeners: () => onReport.size,
  };
}

function subscribe(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
