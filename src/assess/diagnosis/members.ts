import type { ReadFailure } from '../../model/collection.ts';
import type { DiagnosedMember } from '../../model/diagnosis.ts';
import type { MemberReport } from '../../model/evidence.ts';

import type { Profile } from '../../model/profile.ts';
import type { Report } from '../../model/report.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { fourTuple, type Socket } from '../../model/socket.ts';
import { assess } from '../assess.ts';
import { EMPTY_MEMORY, type Observation } from '../scene/observation.ts';
import type { EndRead } from './paths.ts';

/** One read of a member, ready to be judged. */
export interface ObservedRead extends Omit<EndRead, 'table'> {
  readonly observation: Observation;
}

/** Everything that was got from one member. */
export interface ObservedMember {
  readonly facts: Omit<DiagnosedMember, 'seenBy' | 'probe' | 'report'> & {
    readonly hostNetwork: boolean;
    /** Why not one read could be had, the same for both; `null` where one was. */
    readonly failure: ReadFailure | null;
  };
  /** In their order; fewer than two where one could not be had. */
  readonly reads: readonly ObservedRead[];
  /** What the probe in the pod reports; `null` where there is none. */
  readonly probe: MemberReport | null;
}

/** A member with what was made of it. */
export interface JudgedMember {
  readonly name: string;
  readonly evidence: ObservedMember;
  /** `null` where its tables were not read. */
  readonly report: Report | null;
}

/** Judges one member by the same function as one look at it, with the counters of the first read in mind. */
export function judgeMember(evidence: ObservedMember, settings: JudgeSettings): JudgedMember {
  const { name } = evidence.facts;
  const own = { ...settings, podName: name };
  let memory = EMPTY_MEMORY;
  let report: Report | null = null;
  for (const { observation } of evidence.reads) {
    // What is carried is the counters: each read is judged by what it shows itself.
    const sample = { atMs: observation.nowMs, counters: observation.counters };
    const samples = memory.samples.length === 0 ? [] : [...memory.samples, sample];
    const assessment = assess(observation, { ...EMPTY_MEMORY, samples }, own);
    memory = assessment.memory;
    report = assessment.report;
  }
  return { name, evidence, report };
}

/** Whether nothing of a member runs, by its sockets or by Kubernetes' own word. */
export function isDown({ report, evidence: { facts } }: JudgedMember): boolean {
  if (report !== null) return report.role === 'absent';
  return facts.failure === 'not-running';
}

/** Rows that show a process which stands still; empty where nothing does. */
export function hangingRows({ evidence }: JudgedMember, profile: Profile): readonly Socket[] {
  const [first, second] = evidence.reads.map(({ observation }) => observation.table);
  if (!first || !second) return [];
  const watched = new Set(profile.ports.flatMap((spec) => spec.ports));
  const backlogs = notDrained(first.listeners, second.listeners).filter(({ local }) =>
    watched.has(local.port),
  );
  const carrying = quorumPorts(profile);
  const links = second.connections.filter(
    ({ state, local, remote }) =>
      (state === 'established' || state === 'close_wait') &&
      (carrying.has(local.port) || carrying.has(remote.port)),
  );
  const unread = notDrained(first.connections, links);
  const peers = (rows: readonly Socket[]) => new Set(rows.map(({ remote }) => remote.address));
  const readsNobody = unread.length > 0 && peers(unread).size === peers(links).size;
  // Connections that wait may be others at the second read: alone they say nothing.
  const stands =
    readsNobody && (backlogs.length > 0 || unread.some((row) => isStale(row, first.connections)));
  return stands ? [...backlogs, ...unread] : [];
}

/** Ports whose links always carry something while a member is in a quorum. */
function quorumPorts({ ports, quorum }: Profile): ReadonlySet<number> {
  const role = quorum.kind === 'none' ? null : quorum.port;
  return new Set(ports.filter((spec) => spec.role === role).flatMap((spec) => spec.ports));
}

/** Rows with something unread or not accepted in both reads, and not less at the second. */
function notDrained(before: readonly Socket[], now: readonly Socket[]): Socket[] {
  const levels = levelsOf(before);
  return now.filter((row) => {
    const level = levels.get(fourTuple(row)) ?? 0;
    return level > 0 && row.rxQueueBytes >= level;
  });
}

/** More came and nothing was read, or the peer has given up and even that was not noticed. */
function isStale(row: Socket, before: readonly Socket[]): boolean {
  return (
    row.state === 'close_wait' || row.rxQueueBytes > (levelsOf(before).get(fourTuple(row)) ?? 0)
  );
}

function levelsOf(rows: readonly Socket[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [fourTuple(row), row.rxQueueBytes]));
}
