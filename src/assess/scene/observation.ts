import type { AskedEvidence } from '../../model/asked.ts';
import type { Certificate } from '../../model/certificate.ts';
import type { Kernel } from '../../model/kernel.ts';
import type { Names } from '../../model/names.ts';
import type { Readiness } from '../../model/readiness.ts';
import type { Counters, InterfaceReport, ScanReport } from '../../model/report.ts';
import type { Address, SocketTable } from '../../model/socket.ts';
import type { NamedAddresses } from '../quorum/former.ts';
import type { HeldConditions } from '../quorum/held.ts';
import type { Lived } from '../quorum/lived.ts';
import type { Hearing } from '../quorum/silence.ts';
import type { Traffic } from '../quorum/traffic.ts';
import type { UndrainedQueues } from '../quorum/undrained.ts';
import type { Bootstrap } from '../readiness/bootstrap.ts';

/** What one scan of the pod brought. */
export interface Observation {
  /** Milliseconds of a clock that never steps back. */
  readonly nowMs: number;
  /** Wall-clock time of the scan, ISO 8601. */
  readonly at: string;
  /** `null` when the table could not be read. */
  readonly table: SocketTable | null;
  readonly counters: Counters;
  readonly names: Names;
  /** The pod's own addresses, or `null` to read them from the table. */
  readonly podAddresses: readonly Address[] | null;
  readonly interfaces: readonly InterfaceReport[];
  readonly asked: AskedEvidence;
  /** The server's certificate that expires first; `null` where none was given, or none could be read. */
  readonly certificate: Certificate | null;
  readonly scan: ScanReport;
  /** Whose table it is: not every kernel prints queues and timers. */
  readonly kernel: Kernel;
  /**
   * Since when the agent has run without a break, on the clock of `nowMs`: before that, silence may be its own.
   * `null` where one scan is all there is.
   */
  readonly awakeSinceMs: number | null;
  /** How often the kernel sends unanswered data again before it gives a connection up; `null` where it is not known. */
  readonly tcpRetries: number | null;
}

/** One sample of the kernel's counters. */
export interface CounterSample {
  readonly atMs: number;
  readonly counters: Counters;
}

/** What the judging must remember from one scan to the next; a plain value, kept by the caller. */
export interface Memory {
  readonly held: HeldConditions;
  /** What is wrong with the ensemble as a whole. */
  readonly troubles: HeldConditions;
  /** Bytes and connections that were not seen to drain. */
  readonly queues: UndrainedQueues;
  /** When the peers were last heard, where the kernel says it. */
  readonly hearing: Hearing;
  /** What was exchanged with each peer, where the kernel says it. */
  readonly traffic: Traffic;
  /** When a link with each member last lived for longer than a handshake takes. */
  readonly lived: Lived;
  /** Samples of the last two minutes, oldest first. */
  readonly samples: readonly CounterSample[];
  /** True once this member was seen in a quorum. */
  readonly everInQuorum: boolean;
  readonly bootstrap: Bootstrap;
  /** True once a link with another member carried. */
  readonly everLinked: boolean;
  /** Whether peers came from other addresses than their names have. */
  readonly unmatched: boolean;
  /** Addresses that members' names had, at this scan or before. */
  readonly named: NamedAddresses;
  /** Addresses of members that links came in from. */
  readonly placed: ReadonlySet<Address>;
  /** Who the server runs as, once its listeners' owner was seen on a connection with a peer port; empty before. */
  readonly serverOwners: readonly string[];
  /** Who a server that binds as root was taken to run as, while it was ready; empty before. */
  readonly trustedOwners: readonly string[];
  /** Whose the mesh proxy is; `null` where there is none, or none that names its owner. */
  readonly proxyOwner: string | null;
  /** What the last scan made of the member's readiness. */
  readonly readiness: Readiness;
}

export const EMPTY_MEMORY: Memory = {
  held: new Map(),
  troubles: new Map(),
  queues: new Map(),
  hearing: new Map(),
  traffic: new Map(),
  lived: new Map(),
  samples: [],
  everInQuorum: false,
  bootstrap: { kind: 'waiting' },
  everLinked: false,
  unmatched: false,
  named: new Map(),
  placed: new Set(),
  serverOwners: [],
  trustedOwners: [],
  proxyOwner: null,
  readiness: { kind: 'out', sinceMs: 0 },
};
