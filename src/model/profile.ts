/**
 * How a port's links look in health:
 * `clients` any number from anywhere; `hub` one from each member to the leader;
 * `mesh` at least one per pair, whichever end dialled; `mesh-both-ways` each end dials the other;
 * `short-lived` opened for one exchange and never to be waited for.
 */
export type LinkShape = 'clients' | 'hub' | 'mesh' | 'mesh-both-ways' | 'short-lived';

/** Who opens the port's listener: every member, the leader alone, or some members by configuration. */
export type ListenedBy = 'every-member' | 'leader' | 'optional';

export interface PortSpec {
  /** The system's own word for the port, as a metric label and check name: `client`, `quorum`, `election`. */
  readonly role: string;
  /** Port numbers, any of which serves. */
  readonly ports: readonly number[];
  readonly listens: ListenedBy;
  readonly links: LinkShape;
  /** What operators call it, for findings: "client port", "leader's learner port". */
  readonly title: string;
  /** True where a healthy link may be closed for being idle and is redialled only when needed. */
  readonly mayBeIdleCut: boolean;
}

/**
 * What makes a majority:
 * `hub` links with the leader on `port`; `mesh` links with a majority of the voters on `port`;
 * `none` listening on the required ports is all there is to see.
 */
export type QuorumRule =
  | { readonly kind: 'hub'; readonly port: string; readonly election: string }
  | { readonly kind: 'mesh'; readonly port: string }
  | { readonly kind: 'none' };

/** A clustered system, as data for the one engine. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly ports: readonly PortSpec[];
  readonly quorum: QuorumRule;
  /** What readiness means for this system, in one sentence. */
  readonly ready: string;
}
