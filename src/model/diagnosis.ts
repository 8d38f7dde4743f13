import type { Health, PATH_KINDS, SEEN_BY } from './diagnosis-words.ts';
import type { EnsembleDocument } from './ensemble-document.ts';
import type { Report, Severity } from './report.ts';

/** The way between two members. */
export interface MemberPath {
  readonly between: readonly [string, string];
  readonly kind: (typeof PATH_KINDS)[number];
  /** The direction that loses packets, of a `one-way` path; `null` otherwise. */
  readonly lost: { readonly from: string; readonly to: string } | null;
  /** Whether packets were seen to arrive in the other direction of a `one-way` path. */
  readonly otherArrives: boolean;
  /** Why it is unknown; empty otherwise. */
  readonly reason: string;
  /** The rows of both ends that show it. */
  readonly evidence: readonly string[];
}

/** One cause, of one member or of several. */
export interface Cause {
  /** The code of a finding, or one that only all tables together show. */
  readonly code: string;
  readonly severity: Severity;
  readonly certainty: 'suspected' | 'confirmed';
  readonly members: readonly string[];
  /** Whether it follows from a cause in front of it, most likely. */
  readonly follows: boolean;
  /** A clause for the first line, such as `zk-2 is partitioned from both others`. */
  readonly headline: string;
  readonly summary: string;
  readonly cause: string;
  readonly remedy: string;
  readonly evidence: readonly string[];
}

/** One member, as Kubernetes and its sockets show it. */
export interface DiagnosedMember {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly node: string | null;
  readonly phase: string;
  readonly ready: boolean | null;
  readonly restarts: number;
  readonly troubles: readonly string[];
  /** What it was judged by: its socket tables, the report of its own probe, or nothing. */
  readonly seenBy: (typeof SEEN_BY)[number];
  /** What the probe in the pod reports of its member; `null` where there is none or it gave no report. */
  readonly probe: Pick<Report, 'verdict' | 'role' | 'inQuorum'> | null;
  /** Why it was not read twice; `null` where it was. */
  readonly unread: string | null;
  /** The container whose `cat` was used; `null` where none was. */
  readonly container: string | null;
  /** `null` where its tables were not read. */
  readonly report: Report | null;
}

/** What all tables of an ensemble together show. */
export interface EnsembleDiagnosis {
  readonly schemaVersion: 1;
  readonly at: string;
  readonly target: string;
  readonly namespace: string | null;
  readonly health: Health;
  /** The first line, without its first word. */
  readonly summary: string;
  readonly profile: { readonly name: string; readonly by: string };
  readonly size: { readonly members: number | null; readonly by: string };
  readonly mesh: Report['mesh']['kind'];
  readonly causes: readonly Cause[];
  readonly members: readonly DiagnosedMember[];
  readonly paths: readonly MemberPath[];
  /** The same value as that of `scan --ensemble`; `null` where no member was seen. */
  readonly ensemble: EnsembleDocument | null;
  /** What could not be read, one line each. */
  readonly gaps: readonly string[];
}

export type { Health } from './diagnosis-words.ts';
