import type { ListenerReach } from './link.ts';

/** How a port's links look in health. */
export type LinkShape =
  /** Any number, from anywhere. */
  | { readonly kind: 'clients' }
  /** Between each member and the leader. */
  | { readonly kind: 'hub'; readonly perPair: PairLinks }
  /** Between each two members: whichever end dialled, or (`bothWays`) each end dials the other. */
  | { readonly kind: 'pairwise'; readonly bothWays: boolean; readonly perPair: PairLinks }
  /** Opened for one exchange, and never to be waited for. */
  | { readonly kind: 'short-lived' };

/**
 * Who opens the port's listener: every member, those that vote, the leader alone, or some members by
 * configuration.
 */
export const LISTENED_BY = ['every-member', 'voters', 'leader', 'optional'] as const;
export type ListenedBy = (typeof LISTENED_BY)[number];

/** ESTABLISHED links of one healthy pair; of each direction where each end dials the other. */
export interface PairLinks {
  /** With fewer the two are not linked. */
  readonly least: number;
  /** As many as there are with the system's own defaults. */
  readonly usual: number;
}

export interface PortSpec {
  /** The system's own word for the port, as a metric label and check name: `client`, `quorum`, `election`. */
  readonly role: string;
  /** Port numbers, any of which serves. */
  readonly ports: readonly number[];
  readonly listens: ListenedBy;
  readonly links: LinkShape;
  /** Where it listens unless configured: what a loopback listener is most likely due to. */
  readonly defaultBind: ListenerReach;
  /** What operators call it, for findings: "client port", "leader's learner port". */
  readonly title: string;
  /** True where a healthy link may be closed for being idle and is redialled only when needed. */
  readonly mayBeIdleCut: boolean;
  /** How the members keep speaking on the port; `null` where silence means nothing, or nobody knows. */
  readonly heartbeat: Heartbeat | null;
}

export const HEARTBEAT_FROM = ['every-peer', 'some-peer'] as const;
export type HeartbeatFrom = (typeof HEARTBEAT_FROM)[number];

/** How members that have nothing else to say keep speaking to each other, by the system's own defaults. */
export interface Heartbeat {
  /** `some-peer`: only some pairs of members speak so often, such as each with the leader. */
  readonly from: HeartbeatFrom;
  /** The most time between two words of a healthy peer, over all its links on the port. */
  readonly everyMs: number;
  /** How long the system itself bears a peer's silence before it gives the peer up. */
  readonly bearsMs: number;
}

/**
 * What makes a majority:
 * `hub` links with the leader, who alone listens on `port`;
 * `star` links with the leader on `port`, where every voter listens: where followers dial, more links
 * come in to the leader than go out, and the other way round elsewhere; where the leader dials, the reverse;
 * `pairwise` links with a majority of the voters on `port`;
 * `gossip` there is no majority: a member is cut off when none of the others answers on `port`;
 * `none` listening on the required ports is all there is to see.
 */
export type QuorumRule =
  | { readonly kind: 'hub'; readonly port: string; readonly election: string }
  | { readonly kind: 'star'; readonly port: string; readonly dials: StarDials }
  | { readonly kind: 'pairwise'; readonly port: string; readonly voters: Voters }
  | { readonly kind: 'gossip'; readonly port: string }
  | { readonly kind: 'none' };

/** Which end of a star opens the links over which followers follow. */
export const STAR_DIALS = ['followers', 'leader'] as const;
export type StarDials = (typeof STAR_DIALS)[number];

/**
 * Which members vote: `fixed` all that are not configured as observers; `moving` as many, but which of
 * the members changes with each failover.
 */
export const VOTERS = ['fixed', 'moving'] as const;
export type Voters = (typeof VOTERS)[number];

/** The system's own settings, as findings name them; each a clause that fits into a sentence. */
export interface Advice {
  /** The setting by which the server listens on every address, or on the pod's. */
  readonly listenEverywhere: string;
  /** Where the server reads who the other members are. */
  readonly memberList: string;
  /** Where keepalive is off by default on links that carry nothing for long: how to switch it on. */
  readonly keepalive: string | null;
  /** What to do so that the probes follow a member list that changes at run time. */
  readonly memberListChanges: string | null;
  /** When a server looks a member's name up again; `null` where that is not known. */
  readonly resolvesNames: string | null;
  /** How a server is made to leave an address that its peer has no more, in a sentence with its full stop. */
  readonly staleAddress: string | null;
  /** After which time or event a server that hears of no majority gives up, beginning with `after` or `when`. */
  readonly givesUp: string | null;
  /** What it means for clients that no member is in a quorum, in one sentence with its full stop. */
  readonly withoutQuorum: string;
}

/** A clustered system, as data for the one engine. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly ports: readonly PortSpec[];
  readonly quorum: QuorumRule;
  readonly advice: Advice;
  /** The question by which a server reports on itself, on its client port; `null` where it knows none. */
  readonly ownWord: OwnWord | null;
  /** What readiness means for this system, in one sentence. */
  readonly ready: string;
  /** Against which servers the profile was checked; `null` where it was not. */
  readonly checkedAgainst: string | null;
}

/** The questions that can be put to a server itself (`--ask`). */
export const OWN_WORDS = ['srvr'] as const;
export type OwnWord = (typeof OWN_WORDS)[number];

/** Whether a port's links are between members. */
export function isPeerPort({ links }: PortSpec): boolean {
  return links.kind !== 'clients';
}

/** Whether each end of a pair dials the other, so that the link that goes out shows the peer by its address. */
export function dialsBothWays({ links }: PortSpec): boolean {
  return links.kind === 'pairwise' && links.bothWays;
}

/** `null` where links do not come in pairs of members: those of clients and short-lived ones. */
export function perPairOf({ links }: PortSpec): PairLinks | null {
  return 'perPair' in links ? links.perPair : null;
}

/** The numbers of the ports between members. */
export function peerPorts({ ports }: Profile): number[] {
  return ports.filter(isPeerPort).flatMap((spec) => spec.ports);
}

/** The first number of the clients' port; `null` where the system has none. */
export function clientPort({ ports }: Profile): number | null {
  return ports.find((spec) => !isPeerPort(spec))?.ports[0] ?? null;
}

/** Whether the profile was checked against real servers; one that was not is no base for a readiness gate. */
export function isProven({ checkedAgainst }: Profile): boolean {
  return checkedAgainst !== null;
}
