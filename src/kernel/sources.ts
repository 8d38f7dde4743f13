import { createMeter, PROCESS_CLOCKS } from '../proc/meter.ts';
import { type ReadTiming, readTables, TABLE_FILES } from '../proc/read.ts';
import type { WatchedPorts } from '../proc/table-keeper.ts';
import { compare, type Trial } from './compare.ts';
import { createDiagReader, type DiagReader } from './dump.ts';
import type { OpenedNetlink } from './netlink.ts';
import { createServing, type Serving } from './serving.ts';
import type { SocketSource, SourceName } from './source.ts';

/** Why netlink does not serve although it might. */
export type SourceTrouble = 'netlink-failed' | 'sources-differ';

export interface AutoEdges {
  /** Whether the first reading may wait for the comparison, or is of /proc. */
  readonly first: 'compare' | 'proc';
  readonly open: () => Promise<OpenedNetlink>;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  readonly onTrouble: (trouble: SourceTrouble, reason: string) => void;
  /** Is told which way serves from now on, and why. */
  readonly onChange: (source: SourceName, reason: string) => void;
}

/** How often netlink is compared with /proc again, and tried again where it failed. */
const COMPARE_MS = 600_000;

/** The filter for one port is tried, and hardly ever lets a row through. */
const SELF_TEST_PORT = 1;

export function procSource(root: string): SocketSource {
  return {
    async read(files, options, timing) {
      return { ...(await readTables(root, files, options, timing)), source: 'proc' };
    },
    watch: () => Promise.resolve(null),
  };
}

/** Netlink alone. Rejects at once where it cannot be had. */
export async function netlinkSource(open: AutoEdges['open']): Promise<SocketSource> {
  let serving: Serving | null = createServing(await openReader(open));
  const refused = await whyNot(serving.reader);
  if (refused !== null) throw notToBeHad(refused);

  function giveUp(): void {
    serving?.reader.close();
    serving = null;
  }

  return {
    async read(files, options, timing) {
      serving ??= createServing(await openReader(open));
      const reading = await serving.read(files, options, timing);
      if (typeof reading !== 'string') return reading;
      giveUp();
      throw new Error(`netlink cannot be read: ${reading}`);
    },
    async watch(timing) {
      const watched = serving === null ? null : await serving.watch(timing);
      if (typeof watched !== 'string') return watched;
      giveUp();
      return null;
    },
  };
}

async function openReader(open: AutoEdges['open']): Promise<DiagReader> {
  const opened = await open();
  if (opened.kind === 'open') return createDiagReader(opened.netlink);
  throw notToBeHad(opened.reason);
}

function notToBeHad(reason: string): Error {
  return new Error(
    `the socket table cannot be read by netlink: ${reason}; use --socket-source auto or proc`,
  );
}

/** What the kernel answers to the requests of a reading, where it refuses them. */
async function whyNot(reader: DiagReader): Promise<string | null> {
  const sink = { keep() {}, refuse() {} };
  const reading = await reader.read(TABLE_FILES, [SELF_TEST_PORT], sink, {
    sliceMs: 4,
    clock: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    meter: createMeter(PROCESS_CLOCKS),
  });
  return reading.kind === 'failed' ? reading.reason : null;
}

type AutoState =
  /** `tryAtMs` is `null` before a first reading that must not wait for anything else. */
  | { readonly kind: 'proc'; readonly tryAtMs: number | null }
  | { readonly kind: 'netlink'; readonly serving: Serving; readonly compareAtMs: number };

/**
 * Begins with `/proc` at `root`, and goes on with netlink once the two were seen to agree; they are compared
 * again now and then. Whatever goes wrong with netlink, /proc is read in its place.
 */
export function autoSource(root: string, edges: AutoEdges): SocketSource {
  const proc = procSource(root);
  let state: AutoState = {
    kind: 'proc',
    tryAtMs: edges.first === 'proc' ? null : edges.clock(),
  };

  function fallBack(trouble: SourceTrouble, reason: string): void {
    if (state.kind === 'netlink') {
      state.serving.reader.close();
      edges.onChange('proc', reason);
    }
    edges.onTrouble(trouble, reason);
    state = { kind: 'proc', tryAtMs: edges.clock() + COMPARE_MS };
  }

  async function tryNetlink(watched: WatchedPorts, timing: ReadTiming): Promise<void> {
    const tried = await tryReader(edges, root, watched, timing);
    if (tried.kind === 'trouble') return fallBack(tried.trouble, tried.reason);
    if (tried.kind === 'absent') {
      edges.onChange('proc', tried.reason);
      state = { kind: 'proc', tryAtMs: Number.POSITIVE_INFINITY };
      return;
    }
    const compareAtMs = edges.clock() + COMPARE_MS;
    state = { kind: 'netlink', serving: createServing(tried.reader), compareAtMs };
    edges.onChange('netlink', 'it agrees with /proc');
  }

  async function prepare(watched: WatchedPorts, timing: ReadTiming): Promise<void> {
    const nowMs = edges.clock();
    if (state.kind === 'netlink') {
      if (nowMs < state.compareAtMs) return;
      state = { ...state, compareAtMs: nowMs + COMPARE_MS };
      const trial = await compare(root, state.serving.reader, watched, timing);
      if (trial.kind !== 'agree') fallBack(troubleOf(trial), trial.reason);
    } else if (state.tryAtMs === null) state = { kind: 'proc', tryAtMs: nowMs };
    else if (nowMs >= state.tryAtMs) await tryNetlink(watched, timing);
  }

  return {
    async read(files, options, timing) {
      await prepare(options.watched, timing);
      if (state.kind === 'netlink') {
        const reading = await state.serving.read(files, options, timing);
        if (typeof reading !== 'string') return reading;
        fallBack('netlink-failed', reading);
      }
      return proc.read(files, options, timing);
    },
    async watch(timing) {
      if (state.kind !== 'netlink') return null;
      const watched = await state.serving.watch(timing);
      if (typeof watched !== 'string') return watched;
      fallBack('netlink-failed', watched);
      return null;
    },
  };
}

type Tried =
  | { readonly kind: 'agrees'; readonly reader: DiagReader }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'trouble'; readonly trouble: SourceTrouble; readonly reason: string };

/** Opens netlink and compares it with `/proc`; what does not agree is closed again. */
async function tryReader(
  edges: AutoEdges,
  root: string,
  watched: WatchedPorts,
  timing: ReadTiming,
): Promise<Tried> {
  const opened = await edges.open();
  if (opened.kind === 'absent') return opened;
  if (opened.kind === 'denied') {
    return { kind: 'trouble', trouble: 'netlink-failed', reason: opened.reason };
  }
  const reader = createDiagReader(opened.netlink);
  const trial = await compare(root, reader, watched, timing);
  if (trial.kind === 'agree') return { kind: 'agrees', reader };
  reader.close();
  return { kind: 'trouble', trouble: troubleOf(trial), reason: trial.reason };
}

function troubleOf({ kind }: Exclude<Trial, { kind: 'agree' }>): SourceTrouble {
  return kind === 'differ' ? 'sources-differ' : 'netlink-failed';
}
