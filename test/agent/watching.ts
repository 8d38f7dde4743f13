import { type Agent, type AgentEdges, createAgent } from '../../src/agent/agent.ts';
import type { Seen, Surroundings } from '../../src/agent/surroundings.ts';
import { createTotals } from '../../src/agent/totals.ts';
import { procSource } from '../../src/kernel/sources.ts';
import { NOTHING_ASKED } from '../../src/model/asked.ts';
import type { Report } from '../../src/model/report.ts';
import type { JudgeSettings, ScanSettings } from '../../src/model/settings.ts';
import { AGENT } from '../assess/judging.ts';
import { POD } from '../links/rows.ts';
import type { PodFolder } from './pod.ts';

export const SCAN: ScanSettings = {
  hintIntervalMs: 250,
  minIntervalMs: 1_000,
  maxIntervalMs: 5_000,
  intervalCapMs: 15_000,
  confirmDelayMs: 200,
  sliceMs: 4,
  busyShare: 0.02,
  idleShare: 0.005,
  rowCap: 4_096,
};

export interface Watching {
  readonly agent: Agent;
  /** Every published report with its time. */
  readonly published: readonly { readonly atMs: number; readonly report: Report }[];
  /** When each scan began, and why. */
  readonly scans: readonly string[];
  /** What the agent handed back after each scan. */
  readonly seen: readonly Seen[];
  nowMs(): number;
  /** Lets time pass, the agent's timers firing as they fall due. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until the next scan is done. */
  untilScan(): Promise<void>;
  /** Lets time pass without the agent getting any of it. */
  freeze(ms: number): void;
  /** What each further scan costs. */
  costs(cpuMs: number): void;
}

/** An agent on a folder, with a clock and timers of the test's own. */
export function watch(
  pod: PodFolder,
  changes: Partial<AgentEdges> & {
    readonly judge?: Partial<JudgeSettings>;
    readonly around?: () => Partial<Surroundings>;
    readonly revision?: () => number;
    readonly scan?: Partial<ScanSettings>;
  } = {},
): Watching {
  const { judge, scan, around = () => ({}), revision = () => 0, ...edges } = changes;
  const settings = { ...AGENT, ...judge };
  let nowMs = 0;
  let costMs = 1;
  let due: { readonly work: () => void; readonly atMs: number } | null = null;
  let rearmed: () => void = () => {};
  const published: { atMs: number; report: Report }[] = [];
  const scans: string[] = [];
  const seen: Seen[] = [];
  const scanning = { ...SCAN, ...scan };
  const agent = createAgent(settings, scanning, {
    procRoot: pod.root,
    sockets: procSource(pod.root),
    isLiveProc: true,
    clock: () => nowMs,
    wallClock: () => new Date(Date.UTC(2026, 0, 1) + nowMs),
    meter: () => ({ begin() {}, end() {}, pool: (work) => work(), spentMs: () => costMs }),
    pause: () => Promise.resolve(),
    kernel: 'linux',
    tcpRetries: 15,
    ownConnections: () => ({ accepted: 0, open: 0, lastActivityAtMs: null }),
    surroundings: {
      now: () => ({
        ensemble: settings.ensemble,
        names: new Map(),
        podAddresses: [POD],
        interfaces: [],
        certificate: null,
        asked: NOTHING_ASKED,
        ...around(),
      }),
      revision,
      saw: (one) => seen.push(one),
    },
    totals: createTotals(settings.profile),
    onFault(error) {
      throw error;
    },
    schedule(work, afterMs) {
      due = { work, atMs: nowMs + afterMs };
      rearmed();
    },
    ...edges,
  });
  let counted = { ...agent.totals().scans };
  agent.onReport((report) => published.push({ atMs: nowMs, report }));

  function noteScans(): void {
    const now = agent.totals().scans;
    for (const reason of ['start', 'change', 'max-age', 'confirm'] as const) {
      if (now[reason] > counted[reason]) scans.push(`${nowMs} ${reason}`);
    }
    counted = { ...now };
  }

  /** Runs the armed timer at its time, and waits until the next is armed. */
  async function fire(): Promise<void> {
    if (due === null) throw new Error('no timer is armed');
    const { work, atMs } = due;
    nowMs = Math.max(nowMs, atMs);
    const done = new Promise<void>((resolve) => {
      rearmed = resolve;
    });
    due = null;
    work();
    await done;
    noteScans();
  }

  return {
    agent: {
      ...agent,
      async start() {
        await agent.start();
        noteScans();
      },
    },
    published,
    scans,
    seen,
    nowMs: () => nowMs,
    async pass(ms) {
      const endMs = nowMs + ms;
      while (due !== null && due.atMs <= endMs) await fire();
      nowMs = endMs;
    },
    async untilScan() {
      const before = scans.length;
      while (scans.length === before) await fire();
    },
    freeze(ms) {
      nowMs += ms;
    },
    costs(cpuMs) {
      costMs = cpuMs;
    },
  };
}
