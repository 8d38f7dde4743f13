import { scanOnce } from '../agent/scan-once.ts';
import { matteringRows } from '../assess/mattering.ts';
import { namesToLookUp } from '../assess/quorum/members.ts';
import type { Observation } from '../assess/scene/observation.ts';
import { EMPTY_MEMORY } from '../assess/scene/observation.ts';
import { watchInterfaces } from '../evidence/interfaces.ts';
import { clusterLookup, watchNames } from '../evidence/names.ts';
import { NOTHING_ASKED } from '../model/asked.ts';
import type { Names } from '../model/names.ts';
import type { JudgeSettings, ScanCommand, ScanSource } from '../model/settings.ts';
import { readKernel } from '../proc/kernel-name.ts';
import { createMeter, PROCESS_CLOCKS } from '../proc/meter.ts';
import { assertReadable } from '../proc/read.ts';
import { readTcpRetries } from '../proc/tcp-retries.ts';
import { askOnce } from './ask-once.ts';
import { openSourceOnce } from './socket-source.ts';

/** How long one scan waits for the members' names. */
const NAMES_MS = 3_000;

type ProcSource = Extract<ScanSource, { kind: 'proc' }>;

/** One scan of a proc file system or a copy of it. Throws where there is no table to read. */
export async function observeProc(
  command: ScanCommand,
  judge: JudgeSettings,
  source: ProcSource,
): Promise<Observation> {
  assertReadable(source.root);
  const sockets = await openSourceOnce(command.socketSource, source.root);
  const interfaces = watchInterfaces(source.root);
  const podAddresses = command.podAddresses ?? (source.live ? interfaces.addresses() : null);
  const names = source.live ? await lookUpOnce(judge) : new Map();
  const observation = await scanOnce(
    {
      procRoot: source.root,
      sockets,
      clock: () => performance.now(),
      wallClock: () => new Date(),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      kernel: await readKernel(source.root),
      tcpRetries: await readTcpRetries(source.root),
    },
    {
      profile: judge.profile,
      scan: command.scan,
      reason: 'start',
      files: ['tcp', 'tcp6'],
      around: {
        names,
        podAddresses,
        interfaces: source.live ? interfaces.interfaces() : [],
        asked: NOTHING_ASKED,
        certificate: null,
        awakeSinceMs: null,
      },
      matters: matteringRows(judge, names, EMPTY_MEMORY),
    },
    createMeter(PROCESS_CLOCKS),
  );
  if (!source.live) return observation;
  return { ...observation, asked: await askOnce(command, judge, observation) };
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
