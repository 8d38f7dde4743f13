import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a connection is at, and since when by the server's clock. */
export type Stage =
  /** Its TLS handshake is under way. */
  | { readonly kind: 'securing'; readonly sinceMs: number }
  /** Its request has not come whole; `isNew` before its first. */
  | {
      readonly kind: 'asking';
      readonly sinceMs: number;
      readonly isNew: boolean;
      readonly pieces: number;
    }
  /** Its first request has come whole, and waits for its turn. */
  | { readonly kind: 'waiting'; readonly sinceMs: number }
  /** A whole request is with the HTTP parser. */
  | { readonly kind: 'parsing'; readonly sinceMs: number }
  /** A request is being answered; `movedAtMs` is when the client last took something of it. */
  | { readonly kind: 'answering'; readonly movedAtMs: number; readonly isHeld: boolean }
  /** All was answered, and nothing of a next request has come. */
  | { readonly kind: 'idle'; readonly sinceMs: number }
  /** The last answer is given; the client has to close its end. */
  | { readonly kind: 'leaving'; readonly sinceMs: number };

/** One client's connection. Only the functions of connection.ts change it. */
export interface Connection {
  /** The TCP connection itself. */
  readonly transport: Socket;
  /** What requests and answers go through: the same, or TLS on top of it. */
  socket: Socket;
  stage: Stage;
  /** What has come and is not with the HTTP parser. */
  unserved: Buffer;
  /** What the HTTP server takes for the connection; `null` before the first request. */
  stream: Duplex | null;
  /** Whether the answer under way is the last that is given. */
  isLast: boolean;
}

/** What a connection needs of the server it belongs to. */
export interface Host {
  nowMs(): number;
  /** Gives requests to the HTTP server. */
  serve(stream: Duplex, connection: Connection): void;
  /** Runs `work` when connections that came new have had their turn. */
  later(work: () => void): void;
  /** Whether bytes of requests that are not served yet may be kept. */
  hasRoomForUnserved(): boolean;
  /** Bytes of an answer wait for a client to take them. */
  readonly onQueued: () => void;
}

export interface Securing {
  /** The client has begun a handshake. */
  readonly onHello: () => void;
  /** It can be let in: what is read and written in place of the connection itself. */
  readonly onSecure: (socket: Socket) => void;
}

/** Secures connections before their first request. */
export interface Door {
  secure(transport: Socket, on: Securing): void;
}
