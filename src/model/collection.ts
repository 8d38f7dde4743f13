import type { EnvoyAnswer, MemberReport, SrvrAnswer } from './evidence.ts';
import type { Address } from './socket.ts';

/** The files of one read, by their names below `/proc`. */
export const READ_FILES = ['net/tcp', 'net/tcp6', 'net/snmp', 'net/netstat', 'version'] as const;
export type ReadFile = (typeof READ_FILES)[number];

/**
 * Why a pod was not read. `not-running`: by Kubernetes' own word nothing of it runs that could be read;
 * `forbidden`: the right to is missing.
 */
export const READ_FAILURES = ['not-running', 'forbidden', 'unreadable'] as const;
export type ReadFailure = (typeof READ_FAILURES)[number];

/** What one read of a pod's network namespace brought. Times are milliseconds of one steady clock. */
export type PodRead =
  | {
      readonly kind: 'read';
      readonly startMs: number;
      readonly endMs: number;
      /** Wall-clock time at its end, ISO 8601. */
      readonly at: string;
      /** The container in which it was read. */
      readonly container: string;
      /** The texts as the kernel printed them; a file that could not be had is left out. */
      readonly files: ReadonlyMap<ReadFile, Buffer>;
    }
  | {
      readonly kind: 'failed';
      readonly why: ReadFailure;
      readonly reason: string;
    };

/** What Kubernetes says of a pod. */
export interface PodFacts {
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly node: string | null;
  readonly hostNetwork: boolean;
  /** `Running` and the other phases; `Absent` where there is no such pod, `Unknown` where it could not be asked for. */
  readonly phase: string;
  readonly ready: boolean | null;
  /** Why containers wait or ended, such as `server: CrashLoopBackOff`. */
  readonly troubles: readonly string[];
  /** Restarts of all containers. */
  readonly restarts: number;
}

/** Everything that was got from one pod. */
export interface CollectedPod {
  readonly facts: PodFacts;
  readonly reads: readonly [PodRead, PodRead];
  /** The server's own answer; `null` where it was not asked. */
  readonly srvr: SrvrAnswer | null;
  /** The mesh proxy's answer; `null` where it was not asked. */
  readonly envoy: EnvoyAnswer | null;
  /** The report of the probe in the pod; `null` where there is none or it could not be had. */
  readonly report: MemberReport | null;
}

/** Something of the surroundings that a person should know, and what to do. */
export interface Surrounding {
  readonly code:
    | 'service-missing'
    | 'service-hides-unready'
    | 'names-of-no-pod'
    | 'service-without-member'
    | 'strict-mtls-without-sidecar'
    | 'no-disruption-budget'
    | 'disruption-budget-too-wide';
  readonly severity: 'warning' | 'info';
  /** A short phrase for the first line. */
  readonly headline: string;
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly cause: string;
  readonly remedy: string;
}

/** How many members there are, and who says so. */
export type KnownSize =
  | { readonly kind: 'known'; readonly members: number; readonly by: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Which system it is, and by what that is known. */
export type KnownProfile =
  | { readonly kind: 'known'; readonly name: string; readonly by: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** All that was got from a cluster about one ensemble, or read again from a folder. */
export interface Collection {
  /** When it was begun, ISO 8601. */
  readonly at: string;
  /** As it was asked for, such as `statefulset/NAME`. */
  readonly target: string;
  /** `null` where it is not known. */
  readonly namespace: string | null;
  readonly profile: KnownProfile;
  readonly size: KnownSize;
  /** The members in their order, those without a pod included. */
  readonly pods: readonly CollectedPod[];
  readonly surroundings: readonly Surrounding[];
  /** One line for each thing that could not be had: a failure or a missing right. */
  readonly gaps: readonly string[];
  /** One line for each fault of a folder that is read again; a damaged folder is never healthy. */
  readonly damage: readonly string[];
}
