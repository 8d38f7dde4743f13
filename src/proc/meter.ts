/** Adds up the CPU time of a piece of work that others interrupt, without theirs. */
export interface Meter {
  /** A part begins that holds the event loop. */
  begin(): void;
  /** It ends: what runs until the next begins is others' work. */
  end(): void;
  /** A part in the thread pool, while the event loop does whatever else there is to do. */
  pool<Result>(work: () => Promise<Result>): Promise<Result>;
  spentMs(): number;
}

export interface MeterClocks {
  /** CPU time of all threads of this process so far, in milliseconds. */
  readonly cpuMs: () => number;
  /** For how long the event loop has not been idle so far, in milliseconds. */
  readonly busyMs: () => number;
}

/** The clocks of this process. */
export const PROCESS_CLOCKS: MeterClocks = {
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  busyMs: () => performance.eventLoopUtilization().active,
};

/**
 * Node tells no thread's own CPU time. Of a part in the thread pool, what the process used beyond the time
 * in which its event loop was busy is taken for the pool's: too little rather than too much, since a budget
 * charged with other people's requests would put off the next scan for as long as they come.
 */
export function createMeter({ cpuMs, busyMs }: MeterClocks): Meter {
  let spentMs = 0;
  let begunMs: number | null = null;
  return {
    begin() {
      begunMs = cpuMs();
    },
    end() {
      if (begunMs !== null) spentMs += cpuMs() - begunMs;
      begunMs = null;
    },
    async pool(work) {
      const cpuBeforeMs = cpuMs();
      const busyBeforeMs = busyMs();
      const result = await work();
      const othersMs = busyMs() - busyBeforeMs;
      spentMs += Math.max(0, cpuMs() - cpuBeforeMs - othersMs);
      return result;
    },
    spentMs: () => spentMs,
  };
}
