import type * as z from 'zod';
// Its type alone: the schema builder would take 3 MiB of the agent's heap, and the agent never parses a report.
import type { reportSchema } from './report-schema.ts';

export {
  CHECK_STATUSES,
  COUNTERS,
  MEMBER_ROLES,
  PEER_STATUSES,
  REACHES,
  SEVERITIES,
  STOP_STATES,
  VERDICTS,
} from './vocabulary.ts';

export type Report = z.infer<typeof reportSchema>;
export type Check = Report['checks'][number];
export type CheckStatus = Check['status'];
export type Finding = Report['findings'][number];
export type StoppingReport = Report['stopping'];
export type { MemberRole, Reach, Severity, StopState, Verdict } from './vocabulary.ts';
export type PortReport = Report['ports'][number];
export type PeerReport = Report['peers'][number];
export type InterfaceReport = Report['interfaces'][number];
export type ScanReport = Report['scan'];
export type AskedReport = Report['asked'];
export type Counters = Report['counters'];
