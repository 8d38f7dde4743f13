import { readFileSync } from 'node:fs';
import { look } from '../agent/look.ts';
import { assess } from '../assess/assess.ts';
import { namesToLookUp } from '../assess/members.ts';
import { EMPTY_MEMORY } from '../assess/observation.ts';
import { parseMembersFile } from '../config/members-file.ts';
import { watchInterfaces } from '../evidence/interfaces.ts';
import { lookupName, watchNames } from '../evidence/names.ts';
import { NOTHING_ASKED } from '../model/asked.ts';
import type { Names } from '../model/names.ts';
import type { Report } from '../model/report.ts';
import type { Ensemble, JudgeSettings, ScanCommand } from '../model/settings.ts';
import { assertReadable } from '../proc/read.ts';
import { scanTable } from './scan-table.ts';

/** How long one look waits for the members' names. */
const NAMES_MS = 3_000;

export interface ScanIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether colours may be used. */
  readonly colour: boolean;
}

/** Looks once and prints what it saw. Resolves to 0 when ready, 1 when not, 2 when it cannot be told. */
export async function scan(command: ScanCommand, io: ScanIo): Promise<number> {
  let report: Report;
  try {
    report = await lookOnce(command);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    io.error(`quorum-probe: ${reason}\n`);
    return 2;
  }
  io.out(command.json ? `${JSON.stringify(report, null, 2)}\n` : scanTable(report, io.colour));
  if (report.inQuorum === null) return 2;
  return report.ready ? 0 : 1;
}

async function lookOnce(command: ScanCommand): Promise<Report> {
  const { source } = command;
  if (source.kind === 'input') throw new Error('--input is not known yet');
  const judge: JudgeSettings = {
    ...command.judge,
    ensemble: ensembleOf(command),
    settleMs: 0,
    persistMs: 0,
    bootstrap: false,
  };
  assertReadable(source.root);
  const interfaces = watchInterfaces(source.root);
  const observation = await look(
    {
      procRoot: source.root,
      clock: () => performance.now(),
      wallClock: () => new Date(),
      cpuMs: () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    },
    {
      profile: judge.profile,
      scan: command.scan,
      reason: 'start',
      files: ['tcp', 'tcp6'],
      names: source.live ? await lookUpOnce(judge.ensemble) : new Map(),
      podAddresses: command.podAddresses ?? (source.live ? interfaces.addresses() : null),
      interfaces: source.live ? interfaces.interfaces() : [],
      asked: NOTHING_ASKED,
    },
  );
  return assess(observation, EMPTY_MEMORY, judge).report;
}

function ensembleOf({ judge, membersFile }: ScanCommand): Ensemble {
  if (membersFile === null) return judge.ensemble;
  const file = parseMembersFile(readFileSync(membersFile, 'utf8'), judge.podName);
  if (file.kind === 'invalid') throw new Error(`members file ${membersFile}: ${file.problem}`);
  return { kind: 'members', members: file.members };
}

async function lookUpOnce(ensemble: Ensemble): Promise<Names> {
  const names = watchNames({
    lookup: lookupName,
    clock: () => performance.now(),
    onFailure: () => {},
  });
  const tooLong = new Promise<void>((resolve) => setTimeout(resolve, NAMES_MS).unref());
  await Promise.race([names.poll(namesToLookUp(ensemble), true, true), tooLong]);
  return names.answers();
}
