import type { MeshKind } from './link.ts';
import type { PodIdentity } from './names.ts';
import type { Heartbeat, Profile } from './profile.ts';
import type { QuorumVerifier } from './quorum-verifier.ts';
import type { Address } from './socket.ts';

export interface HostName {
  /** The name as configured, or the address in its shortest form. */
  readonly name: string;
  /** True where the name is an address itself and is never looked up. */
  readonly literal: boolean;
}

export interface MemberName extends HostName {
  readonly observer: boolean;
  /** Further hosts of the same member, as `a:2888:3888|b:2888:3888` of a members file gives; absent where it has one. */
  readonly also?: readonly HostName[];
}

/** What is known of the ensemble before looking: its members, its size alone, or nothing. */
export type Ensemble =
  | {
      readonly kind: 'members';
      readonly members: readonly MemberName[];
      /** Absent where a majority of heads is what counts. */
      readonly verifier?: QuorumVerifier;
      /** Whether the leader takes clients, as the members file says it; absent where it does not. */
      readonly leaderServes?: boolean;
      /** On the port that carries the quorum, as the members file sets it; absent where it does not. */
      readonly heartbeat?: Pick<Heartbeat, 'everyMs' | 'bearsMs'>;
    }
  | { readonly kind: 'size'; readonly voters: number; readonly observers: number }
  | { readonly kind: 'unset' };

/** Figures of adaptive scanning. */
export interface ScanSettings {
  /** How often the cheap counters are read. */
  readonly hintIntervalMs: number;
  /** The least time between scans for a change. */
  readonly minIntervalMs: number;
  /** The most time between scans while they are cheap. */
  readonly maxIntervalMs: number;
  /** The most time between scans however costly they are. */
  readonly intervalCapMs: number;
  /** How long after a worse reading the confirming scan follows. */
  readonly confirmDelayMs: number;
  /** How long one slice of reading may hold the event loop, beyond the read it is in. */
  readonly sliceMs: number;
  /** The share of one core a scan may use while things change. */
  readonly busyShare: number;
  /** The share of one core a scan may use while nothing changes. */
  readonly idleShare: number;
  /** The most connection rows kept from one scan. */
  readonly rowCap: number;
}

/** The service under which the members are looked up, and who named it. */
export type ServiceName =
  | { readonly from: 'option' | 'hosts-file'; readonly name: string }
  /** The members are not given by a service. */
  | { readonly from: 'none' };

/** How the socket table is read: `auto` begins with /proc and goes on with netlink once both agree. */
export type SocketSourceName = 'auto' | 'proc' | 'netlink';

export type Asked = 'srvr' | 'envoy' | 'peers';

/** What the pure judging needs to know; the same for the agent and for one look. */
export interface JudgeSettings {
  readonly profile: Profile;
  /** What shows that it is this system; absent where the profile was chosen. */
  readonly profileBy?: string;
  readonly ensemble: Ensemble;
  readonly podName: string;
  /** Who the kubelet says this pod is. */
  readonly identity: PodIdentity;
  readonly service: ServiceName;
  /** Whether a leader serves clients; `null`: as the members file says, and else it does. */
  readonly leaderServes: boolean | null;
  /** `auto`: recognise the mesh by its listeners. */
  readonly mesh: 'auto' | MeshKind;
  /** How long the quorum link must have held before readiness is given; 0 for one look. */
  readonly settleMs: number;
  /** How long a queue, unread bytes or a missing peer must persist to count; 0 for one look. */
  readonly persistMs: number;
  readonly bootstrap: boolean;
  /** The uids that the server runs as; empty where its listeners are to tell. */
  readonly serverUids: readonly number[];
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An address to listen on; a `host` of `null` is every address of both families. */
export interface Listen {
  readonly host: string | null;
  readonly port: number;
}

/** Everything the command line, the environment and the configuration file settle. */
export interface Settings {
  readonly judge: JudgeSettings;
  /** The pod's own addresses, or `null` to take them from its interfaces. */
  readonly podAddresses: readonly Address[] | null;
  /** A file of `server.N=` lines that gives the members and is read again when it changes; the ensemble is `unset` until then. */
  readonly membersFile: string | null;
  /** The port roles that `--ports` gave, which the members file does not change. */
  readonly givenPorts: readonly string[];
  readonly scan: ScanSettings;
  /** `proc` where the table is that of a copied folder or a listing. */
  readonly socketSource: SocketSourceName;
  /** Evidence to ask for over the network; nothing by default. */
  readonly ask: readonly Asked[];
  /** Where the mesh proxy's admin is: a loopback address, or `null` for that of either family. */
  readonly envoyAdmin: { readonly host: string | null; readonly port: number };
  readonly listen: Listen;
  /** Where health is served as well; `null` for there alone where everything is. */
  readonly listenHealth: Listen | null;
  /** How clients get in at `listen`, a file in the web configuration format of Prometheus exporters; `null` for plain HTTP and everybody. */
  readonly webConfig: string | null;
  /** How the other members' probes are asked, a file in the words of Prometheus' HTTP client configuration; `null` for plain HTTP. */
  readonly peerClientConfig: string | null;
  readonly logLevel: LogLevel;
  /** Where the runbook is whose sections bear the findings' codes; `null` where that is not known. */
  readonly runbookUrl: string | null;
}

/** What `serve` runs with. */
export interface ServeCommand extends Settings {
  /** The root of the proc file system, `/proc` outside of tests. */
  readonly procRoot: string;
  /** A PEM file with the server's certificates, never with a key; `null` for none. */
  readonly certificateFile: string | null;
}

/** Where one look takes its rows from: a proc file system or a copy of one, or a listing (`-` for standard input). */
export type ScanSource =
  | {
      readonly kind: 'proc';
      readonly root: string;
      /** True where it is this host's own `/proc`; of any other place nothing of this host applies, and nothing is asked. */
      readonly live: boolean;
    }
  | { readonly kind: 'input'; readonly path: string };

/** A table for people, the report for programs, or a line for each problem. */
export const OUTPUTS = ['table', 'json', 'short'] as const;
export type OutputForm = (typeof OUTPUTS)[number];

/** `auto`: on a terminal, unless the environment says otherwise. */
export const COLORS = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLORS)[number];

/** What `scan` runs with. */
export interface ScanCommand extends Settings {
  readonly output: OutputForm;
  readonly color: ColorChoice;
  /** The state of the ensemble from the members' probes, instead of this member alone. */
  readonly ensemble: boolean;
  /** Whether an ensemble that holds its quorum counts as well, although something is wrong. */
  readonly allowDegraded: boolean;
  readonly source: ScanSource;
}
