import { readFileSync, statSync } from 'node:fs';
import { look, watchedBy } from '../agent/look.ts';
import { namesToLookUp } from '../assess/members.ts';
import type { Observation } from '../assess/observation.ts';
import { watchInterfaces } from '../evidence/interfaces.ts';
import { clusterLookup, watchNames } from '../evidence/names.ts';
import { parseListing } from '../listings/listing.ts';
import { tableOfListing } from '../listings/table.ts';
import { NOTHING_ASKED } from '../model/asked.ts';
import type { Names } from '../model/names.ts';
import type { JudgeSettings, ScanCommand, ScanSource } from '../model/settings.ts';
import { parseCounters } from '../proc/counters.ts';
import { createMeter, PROCESS_CLOCKS } from '../proc/meter.ts';
import { assertReadable } from '../proc/read.ts';
import { askOnce } from './ask-once.ts';

/** How long one look waits for the members' names. */
const NAMES_MS = 3_000;

/** The longest listing that is read: a million rows. */
const INPUT_BYTES = 256 * 1024 * 1024;

type ProcSource = Extract<ScanSource, { kind: 'proc' }>;

/** One look at a proc file system or a copy of it. Throws where there is no table to read. */
export async function observeProc(
  command: ScanCommand,
  judge: JudgeSettings,
  source: ProcSource,
): Promise<Observation> {
  assertReadable(source.root);
  const interfaces = watchInterfaces(source.root);
  const podAddresses = command.podAddresses ?? (source.live ? interfaces.addresses() : null);
  const names = source.live ? await lookUpOnce(judge) : new Map();
  const observation = await look(
    {
      procRoot: source.root,
      clock: () => performance.now(),
      wallClock: () => new Date(),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    },
    {
      profile: judge.profile,
      scan: command.scan,
      reason: 'start',
      files: ['tcp', 'tcp6'],
      names,
      podAddresses,
      interfaces: source.live ? interfaces.interfaces() : [],
      asked: NOTHING_ASKED,
    },
    createMeter(PROCESS_CLOCKS),
  );
  if (!source.live) return observation;
  return { ...observation, asked: await askOnce(command, judge, names, podAddresses) };
}

/** A listing that somebody pasted, as an observation. Throws where it holds no socket. */
export function observeListing(
  command: ScanCommand,
  judge: JudgeSettings,
  path: string,
): Observation {
  const startMs = performance.now();
  const listing = parseListing(readInput(path));
  if (listing.sockets.length === 0) {
    throw new Error(
      `${path === '-' ? 'standard input' : path} holds no TCP socket; paste the output of netstat -na, ss -tan or cat /proc/net/tcp`,
    );
  }
  const table = tableOfListing(listing, watchedBy(judge.profile));
  const at = new Date().toISOString();
  return {
    nowMs: startMs,
    at,
    table,
    counters: parseCounters(null, null),
    names: new Map(),
    podAddresses: command.podAddresses,
    interfaces: [],
    asked: NOTHING_ASKED,
    scan: {
      at,
      reason: 'start',
      durationMs: performance.now() - startMs,
      cpuMs: 0,
      longestHoldMs: 0,
      rows: table.rowsRead,
      malformed: { ...table.malformed },
      duplicates: table.duplicates,
      truncated: listing.mayBeCut,
      error: null,
    },
  };
}

function readInput(path: string): string {
  if (path === '-') return readFileSync(0, 'utf8');
  const { size } = statSync(path);
  if (size > INPUT_BYTES) {
    throw new Error(
      `${path} has ${size} bytes; at most ${INPUT_BYTES} are read: cut it down with grep`,
    );
  }
  return readFileSync(path, 'utf8');
}

async function lookUpOnce({ ensemble, identity }: JudgeSettings): Promise<Names> {
  const names = watchNames({
    lookup: clusterLookup(identity),
    clock: () => performance.now(),
    onFailure: () => {},
  });
  const tooLong = new Promise<void>((resolve) => setTimeout(resolve, NAMES_MS).unref());
  await Promise.race([names.poll(namesToLookUp(ensemble), true, true), tooLong]);
  return names.answers();
}
