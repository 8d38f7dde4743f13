import type { Coverage } from './coverage.ts';
import type { Address, Owner, Socket } from './socket.ts';

/** `stalled`: ESTABLISHED, but unacknowledged data is being retransmitted or a zero window probed. */
export const LINK_STATES = ['up', 'connecting', 'stalled', 'closing'] as const;
export type LinkState = (typeof LINK_STATES)[number];

export type Direction = 'inbound' | 'outbound';

/** Why a link counts as stalled; `retransmission`: data or keepalive probes, sent again, go unanswered. */
export type StallKind = 'retransmission' | 'zero-window';

/** One logical TCP connection between the application and a peer, after a proxy's extra sockets are folded into it. */
export interface Link {
  /** Stable over the connection's life: the four-tuple of the application's own socket. */
  readonly key: string;
  readonly role: string;
  readonly port: number;
  readonly direction: Direction;
  /** The peer's address, or `null` where a mesh proxy hides it. */
  readonly peer: Address | null;
  readonly state: LinkState;
  readonly stall: StallKind | null;
  readonly unackedBytes: number;
  readonly unreadBytes: number;
  /** `unattributed`: the application's socket is up, but no row of the proxy shows the way beyond it. */
  readonly path: 'direct' | 'through-proxy' | 'unattributed';
  /** The rows this link was read from, the application's first. */
  readonly rows: readonly Socket[];
}

export const MESH_KINDS = [
  'none',
  'istio-sidecar',
  'istio-ambient',
  'linkerd',
  'kuma',
  'consul',
  'unknown',
] as const;
export type MeshKind = (typeof MESH_KINDS)[number];

export const MESH_INBOUND = [
  'passthrough',
  'loopback',
  'original-source',
  'none',
  'unknown',
] as const;
/** How the mesh hands inbound connections to the application. */
export type MeshInbound = (typeof MESH_INBOUND)[number];

export interface Mesh {
  readonly kind: MeshKind;
  readonly inbound: MeshInbound;
  /** The owner of the capture listener: the proxy's uid, where it tells proxy and application apart. */
  readonly proxyOwner: Owner;
}

export type ListenerReach = 'wildcard' | 'pod' | 'loopback';

export interface Listener {
  readonly port: number;
  readonly role: string;
  readonly reach: ListenerReach;
  readonly addresses: readonly Address[];
  /** Connections that the application has not accepted yet. */
  readonly acceptQueue: number;
  /** How many may wait, of all its sockets together; `null` where a row does not say it. */
  readonly acceptQueueLimit: number | null;
  readonly rows: readonly Socket[];
}

/** A proxy's outer connection with a peer, on a capture port: which watched port it serves is hidden. */
export interface CapturedPeer {
  readonly address: Address;
  readonly rows: readonly Socket[];
}

/** Whose the sockets on the watched ports are; owners by the words for them, such as `uid 1000`. */
export type ServerOwner =
  /** The rows of these owners are the server's, and those of others are foreign. */
  | {
      readonly kind: 'known';
      readonly names: ReadonlySet<string>;
      /** `link`: the listeners' owner was seen on a connection with a peer port. */
      readonly by: 'option' | 'link';
    }
  /** The listeners' owner is not seen on connections, which `others` hold, or several owners hold a part of the ports each. */
  | {
      readonly kind: 'unproven';
      readonly names: ReadonlySet<string>;
      readonly others: ReadonlySet<string>;
      /**
       * Whether the connections may be taken for the server's all the same: there are none, or root
       * listens and one other user is connected, as of a server that bound as root and runs as that user.
       */
      readonly trusted: boolean;
    }
  /** No row names an owner, as in a pasted listing. */
  | { readonly kind: 'unnamed' };

/** What one reading of the tables says, mesh folded away. */
export interface Folded {
  readonly podAddresses: readonly Address[];
  readonly mesh: Mesh;
  readonly listeners: readonly Listener[];
  /** Roles whose listeners were not read, and which a connection that came in proves. */
  readonly provenRoles: ReadonlySet<string>;
  readonly links: readonly Link[];
  readonly coverage: Coverage;
  /** Peers seen on the proxy's inbound capture port. */
  readonly capturedPeers: readonly CapturedPeer[];
  readonly owner: ServerOwner;
  /** Rows of other owners on the watched ports: they count for nothing. */
  readonly foreign: readonly Socket[];
  /** Established inbound application links of `clients` ports, counted without rows. */
  readonly clientLinks: ReadonlyMap<number, number>;
}
