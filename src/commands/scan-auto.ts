import type { AutoScan } from '../config/auto-scan.ts';
import { Problem } from '../config/problem.ts';
import { builtIn } from '../config/profile-names.ts';
import { procSource } from '../kernel/sources.ts';
import type { ScanCommand } from '../model/settings.ts';
import { createMeter, PROCESS_CLOCKS } from '../proc/meter.ts';
import { assertReadable } from '../proc/read.ts';
import {
  LISTENER_CAP,
  type Listener,
  type Listening,
  recogniseListeners,
  TELLING_PORTS,
} from '../profiles/listening.ts';
import { readInput } from './read-input.ts';
import { reasonOf, type ScanIo, scan } from './scan.ts';

/**
 * Scans as `scan` does, by the profile of the system whose ports listen. Resolves to 2, with one line and nothing
 * printed, where they do not show one system.
 */
export async function scanAuto(auto: AutoScan, io: ScanIo): Promise<number> {
  let command: ScanCommand;
  let bytes: Uint8Array | null;
  try {
    const read = await readListeners(auto);
    const found = recogniseListeners(read.hosts, auto.ports);
    if (found.kind !== 'known') throw new Problem(`${auto.where}: ${unknownSystem(found)}`);
    command = auto.settle(builtIn(found.name)(), found.by);
    bytes = read.bytes;
  } catch (error) {
    io.error(`quorum-probe: ${reasonOf(error)}\n`);
    return 2;
  }
  const { judge, output, ensemble } = command;
  // These two have no place for it.
  if (ensemble || output === 'short') {
    io.error(`quorum-probe: the profile is ${judge.profile.name}: ${judge.profileBy}\n`);
  }
  if (bytes === null) return await scan(command, io);
  const given = bytes;
  return await scan(command, { ...io, readInput: () => Promise.resolve(given) });
}

/** Why it is not known which system it is, and what to do, in one line. */
export function unknownSystem(found: Exclude<Listening, { kind: 'known' }>): string {
  switch (found.kind) {
    case 'nothing':
      return 'no listener shows a port of a known system; give the name of a profile';
    case 'unclear': {
      const { profiles, why } = found;
      const [only = '', ...others] = profiles;
      return others.length === 0
        ? `${why}; if it is ${only}, give --profile ${only}`
        : `${why}; give ${profiles.map((name) => `--profile ${name}`).join(' or ')}`;
    }
  }
}

interface ReadListeners {
  /** Of each host that a listing shows. */
  readonly hosts: readonly (readonly Listener[])[];
  /** The listing, which standard input gives only once; `null` where there is none. */
  readonly bytes: Uint8Array | null;
}

async function readListeners({ source, ports }: AutoScan): Promise<ReadListeners> {
  if (source.kind === 'input') {
    const bytes = await readInput(source.path);
    const { listenersIn } = await import('./observe-listing.ts');
    return { hosts: listenersIn(source.path, bytes), bytes };
  }
  assertReadable(source.root);
  const counted = [...TELLING_PORTS, ...[...ports.values()].flat()];
  const { table } = await procSource(source.root).read(
    ['tcp', 'tcp6'],
    { watched: { counted, peer: [], capture: [], markers: [] }, rowCap: LISTENER_CAP },
    {
      sliceMs: 5,
      clock: () => performance.now(),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      meter: createMeter(PROCESS_CLOCKS),
    },
  );
  return { hosts: [table.listeners], bytes: null };
}
