import { setTimeout as delay } from 'node:timers/promises';
import { diagnoseEnsemble } from '../../assess/diagnosis/diagnose.ts';
import { Problem } from '../../config/problem.ts';
import { builtIn } from '../../config/profile-names.ts';
import type { Collection } from '../../model/collection.ts';
import type { EnsembleDiagnosis, Health } from '../../model/diagnosis.ts';
import type { Profile } from '../../model/profile.ts';
import { type DiagnoseSettings, readDiagnoseArguments, withGivenPorts } from './arguments.ts';
import type { CollectEdges } from './collect.ts';
import { readCollection, saveCollection } from './folder.ts';
import { createKubectl } from './kubectl.ts';
import { collectFrom } from './live.ts';
import { evidenceOf } from './observe.ts';
import { otherSystem } from './other-system.ts';
import { judgeSettings } from './settings.ts';
import { diagnosisText, shortText } from './text.ts';

export interface DiagnoseIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether colours may be used on the output. */
  readonly colour: boolean;
  /** The width to lay text out for. */
  readonly width: number;
  /** Resolves when a stop signal comes, which ends `--watch`. */
  readonly stopSignal: () => Promise<unknown>;
  /** Is given one line of progress, to be written over the one before; `null` where nobody watches. */
  readonly progress?: ((line: string) => void) | null;
  /** How the cluster is reached; by the kubectl on the PATH unless given. */
  readonly edges?: (flags: readonly string[]) => CollectEdges;
}

const EXIT_CODES: Readonly<Record<Health, number>> = { healthy: 0, 'not-healthy': 1, unknown: 2 };

/** Calls of kubectl at a time: each is a process of 60 MB that waits for the network most of the time. */
const AT_ONCE = 12;

/** Between the end of one diagnosis and the beginning of the next. */
const WATCH_MS = 5_000;

/**
 * Asks all pods of an ensemble, or reads a saved folder, and prints what they show together. Resolves to 0
 * when healthy, 1 when not, 2 when it cannot be told or for bad usage.
 */
export async function diagnose(words: readonly string[], io: DiagnoseIo): Promise<number> {
  try {
    const settings = readDiagnoseArguments(words);
    const { source } = settings;
    if (source.kind === 'folder') {
      const collection = await readCollection(source.path);
      return print(judge(collection, settings), settings, io);
    }
    const edges = io.edges?.(source.flags) ?? edgesOf(source.flags, io.progress ?? null);
    const once = async (): Promise<number> => {
      const collection = await collectFrom(settings, source, edges);
      io.progress?.('');
      if (source.save !== null) {
        await saveCollection(source.save, collection);
        io.error(`quorum-probe: what was read is in ${source.save}\n`);
      }
      return print(judge(collection, settings), settings, io);
    };
    const stopped = io.stopSignal().then(() => 'stopped' as const);
    try {
      return source.watch
        ? await watch(once, io, edges, stopped)
        : await untilStopped(once(), stopped);
    } finally {
      edges.kubectl.end();
    }
  } catch (error) {
    return complaint(error, io);
  }
}

function edgesOf(
  flags: readonly string[],
  progress: ((line: string) => void) | null,
): CollectEdges {
  return {
    kubectl: createKubectl({ program: 'kubectl', flags, atOnce: AT_ONCE }),
    clock: () => performance.now(),
    wallClock: () => new Date(),
    delay: (ms) => delay(ms),
    onProgress: progress ?? (() => {}),
  };
}

/** What shells give for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

async function untilStopped(work: Promise<number>, stopped: Promise<'stopped'>): Promise<number> {
  const first = await Promise.race([work, stopped]);
  return first === 'stopped' ? INTERRUPTED : first;
}

/** Again and again until a stop signal; resolves to the last code. */
async function watch(
  once: () => Promise<number>,
  io: DiagnoseIo,
  edges: CollectEdges,
  stopped: Promise<'stopped'>,
): Promise<number> {
  // A target that cannot be found at all is refused; later the cluster may be away for a while.
  let code = await untilStopped(once(), stopped);
  for (;;) {
    const waited = await Promise.race([edges.delay(WATCH_MS), stopped]);
    if (waited === 'stopped') return code;
    io.out('\n');
    const next = once().catch((error: unknown) => complaint(error, io));
    const done = await Promise.race([next, stopped]);
    if (done === 'stopped') return code;
    code = done;
  }
}

/** Says in one line why there is no diagnosis; whatever is not the user's or the cluster's fault is thrown again. */
function complaint(error: unknown, { error: say, progress }: DiagnoseIo): number {
  if (!(error instanceof Problem)) throw error;
  progress?.('');
  say(`quorum-probe: ${error.message}\n`);
  return 2;
}

/** Judges a collection by the profile that it names, or that was given. */
export function judge(
  collection: Collection,
  { given }: Pick<DiagnoseSettings, 'given'>,
): EnsembleDiagnosis {
  const profile = withGivenPorts(given.profile ?? profileOf(collection), given);
  const own: Collection = {
    ...collection,
    ...(given.profile === null
      ? {}
      : { profile: { kind: 'known', name: given.profile.name, by: '--profile' } }),
    ...(given.size === null
      ? {}
      : { size: { kind: 'known', members: given.size, by: '--ensemble-size' } }),
  };
  const evidence = evidenceOf(own, judgeSettings(own, profile, given));
  const misfit = otherSystem(evidence, profile);
  return diagnoseEnsemble(
    misfit === null ? evidence : { ...evidence, damage: [...evidence.damage, misfit] },
  );
}

function profileOf({ profile }: Collection): Profile {
  if (profile.kind === 'known') return builtIn(profile.name)();
  throw new Problem(`the system is not known: ${profile.reason}; give --profile`);
}

function print(diagnosis: EnsembleDiagnosis, { output }: DiagnoseSettings, io: DiagnoseIo): number {
  if (output === 'json') io.out(`${JSON.stringify(diagnosis, null, 2)}\n`);
  else if (output === 'short') io.out(shortText(diagnosis, io.colour));
  else io.out(diagnosisText(diagnosis, io));
  return EXIT_CODES[diagnosis.health];
}
