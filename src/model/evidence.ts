import type { LinkState } from './link.ts';
import type { Address } from './socket.ts';
import type { MemberRole, Reach, StopState, Verdict } from './vocabulary.ts';

export const SERVER_MODES = ['leader', 'follower', 'observer', 'standalone', 'read-only'] as const;
export type ServerMode = (typeof SERVER_MODES)[number];

/** What a server reports on itself in answer to `srvr`. */
export interface ServingAnswer {
  readonly kind: 'serving';
  readonly mode: ServerMode;
  /** Release only, such as `3.8.4`: without the commit, fit for a label. */
  readonly version: string;
  /** Last transaction processed, `0x` and up to 16 hexadecimal digits. */
  readonly zxid: string;
  readonly outstanding: number;
  readonly connections: number;
  readonly nodeCount: number;
  readonly latencyMs: { readonly min: number; readonly avg: number; readonly max: number };
  readonly received: number;
  readonly sent: number;
}

/** A complete answer to `srvr`. */
export type SrvrText =
  | ServingAnswer
  | { readonly kind: 'not-serving' }
  | { readonly kind: 'not-whitelisted' };

export const SRVR_FAILURES = [
  'timeout',
  'refused',
  'reset',
  'too-long',
  'empty',
  'not-understood',
  'unreachable',
] as const;
export type SrvrFailure = (typeof SRVR_FAILURES)[number];

export type SrvrAnswer =
  | SrvrText
  | { readonly kind: 'failed'; readonly reason: SrvrFailure; readonly detail: string };

/** The entries of a list that were understood. */
export interface Understood<Entry> {
  readonly entries: readonly Entry[];
  /** Whether these are all: only then does a missing entry say anything. */
  readonly isWhole: boolean;
}

/**
 * What is taken from the report of another member's probe; whatever else it holds is left out. The probe
 * may be of another release: what is not understood is `null`, `unknown` or missing from a list.
 */
export interface MemberReport {
  /** `other`: of another `schemaVersion`. What it says is shown, and no finding rests on it. */
  readonly schema: 'same' | 'other';
  /** Tells one report of a peer from another. */
  readonly at: string | null;
  readonly member: { readonly name: string | null; readonly addresses: readonly string[] };
  readonly role: MemberRole;
  readonly inQuorum: boolean | null;
  readonly ready: boolean | null;
  readonly verdict: Verdict;
  /** How far a stop of its server is that its container's hook has asked for; `null` for none, and not known. */
  readonly stopping: StopState | null;
  readonly quorum: { readonly size: number | null; readonly votes: number | null };
  readonly links: Understood<MemberLink>;
  readonly peers: Understood<MemberPeer>;
}

/** One member in another member's report. */
export interface MemberPeer {
  readonly name: string;
  readonly addresses: readonly string[];
  /** `null` where the report does not say it, as one of an earlier release. */
  readonly reach: Reach | null;
}

/** One link in another member's report; `peer` is `null` where it is hidden. */
export interface MemberLink {
  readonly role: string;
  readonly peer: string | null;
  readonly state: LinkState | 'unknown';
}

/** How asking another member's probe ended. */
export type PeerAnswer =
  | { readonly kind: 'answered'; readonly rttMs: number; readonly report: MemberReport }
  /** A report of which nothing is understood: the network is proven, and nothing else. */
  | { readonly kind: 'not-understood'; readonly rttMs: number; readonly reason: string }
  /** Not one byte came in time: the only answer that may speak for a cut network. */
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'refused' | 'reset' | 'http-error' | 'invalid'; readonly reason: string }
  /** The question never left, or this process stood still while it waited. */
  | { readonly kind: 'not-asked'; readonly reason: string };

export const PROBE_ANSWERS = [
  'answered',
  'not-understood',
  'timeout',
  'refused',
  'reset',
  'http-error',
  'invalid',
  'not-asked',
] as const satisfies readonly PeerAnswer['kind'][];

/** How the mesh's proxy hands a port's inbound connections to the application. */
export type InboundDelivery =
  /** `loopback`: to 127.0.0.1 or ::1, where a listener on the pod's address alone is not found. */
  | { readonly kind: 'loopback'; readonly address: Address; readonly port: number }
  /** To the address that was dialled; from 127.0.0.6 or ::6 where the proxy sets its source. */
  | { readonly kind: 'original-destination'; readonly source: Address | null }
  /** To a fixed address of the pod. */
  | { readonly kind: 'fixed-address'; readonly address: Address; readonly port: number }
  /** To a unix socket of the pod. */
  | { readonly kind: 'unix' }
  /** No Service names the port: the catch-all cluster delivers to the address that was dialled. */
  | { readonly kind: 'catch-all' }
  /** The redirection leaves the port out: peers reach the application without the proxy. */
  | { readonly kind: 'not-captured' }
  | { readonly kind: 'unknown' };

export const DELIVERY_KINDS = [
  'loopback',
  'original-destination',
  'fixed-address',
  'unix',
  'catch-all',
  'not-captured',
  'unknown',
] as const satisfies readonly InboundDelivery['kind'][];

/** `disable` is said of the mesh's own TLS: the user's, on a Sidecar's ingress, may still be there. */
export const MTLS_MODES = ['strict', 'permissive', 'disable', 'not-captured', 'unknown'] as const;
export type MtlsMode = (typeof MTLS_MODES)[number];

/** The four settings that make Istiod deliver to loopback, as it did before 1.10. */
export const LOOPBACK_CAUSES = [
  'istio-before-1.10',
  'inbound-passthrough-disabled',
  'inbound-traffic-policy-localhost',
  'sidecar-default-endpoint',
] as const;
export type LoopbackCause = (typeof LOOPBACK_CAUSES)[number];

/** A resource of the mesh, of the kind Sidecar. */
export interface SidecarName {
  readonly namespace: string;
  readonly name: string;
}

export interface EnvoyPort {
  readonly delivery: InboundDelivery;
  readonly mtls: MtlsMode;
  /** Which settings may have led to a loopback delivery; empty where there is none. */
  readonly causes: readonly LoopbackCause[];
  /** The Sidecar whose ingress gave the port its listener; `null` where there is none, or it is not named. */
  readonly sidecar: SidecarName | null;
}

/** Connections to one peer that the proxy tried and failed to open: as many as it last showed, or showed at most. */
export interface ConnectFailures {
  readonly address: Address;
  readonly port: number;
  readonly failures: number;
}

/** The questions to the proxy's admin after the first, which may each stay without an answer. */
export type EnvoyPart = 'listeners' | 'clusters' | 'peers';

/** What the mesh's proxy says of itself; a part that could not be had is `unknown` or `null`. */
export type EnvoyAnswer =
  | {
      readonly kind: 'answered';
      readonly version: string | null;
      readonly istioVersion: string | null;
      /**
       * Whether the proxy names the pod's annotations, which leave ports out of the redirection. Istiod
       * itself does not read them: without them its word on a port may be of no effect.
       */
      readonly redirection: 'told' | 'not-told';
      /** By watched port. */
      readonly ports: ReadonlyMap<number, EnvoyPort>;
      readonly connectFailures: readonly ConnectFailures[] | null;
      /** Parts that could not be had, and why. */
      readonly missing: readonly string[];
      /** Parts among them whose answer was too long to be read: it will be so the next time. */
      readonly tooLong: readonly EnvoyPart[];
    }
  | { readonly kind: 'failed'; readonly reason: string };
