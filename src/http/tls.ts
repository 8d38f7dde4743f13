import type { Socket } from 'node:net';
import { createSecureContext, createServer, type TLSSocket } from 'node:tls';
import type { ClientAuthType, TlsServerConfig } from '../model/web-config.ts';
import type { Door } from './connections/stage.ts';

/** The settings of a listener's TLS with the texts of what they name, in PEM. */
export interface TlsMaterial {
  readonly config: Pick<TlsServerConfig, 'clientAuth' | 'minVersion' | 'maxVersion'>;
  readonly cert: string;
  readonly key: string;
  readonly ca: string | null;
}

/**
 * A handshake takes a millisecond of this thread or more, before anybody has shown who they are: half of the time
 * is left for scans and answers.
 */
const HANDSHAKE_MS = 2;

/** Does the handshakes of one listener. */
export interface TlsDoor extends Door {
  /** Shows other certificates to those who come from now on. */
  renew(material: TlsMaterial): void;
}

/** Throws where certificate, key and authorities cannot be used together. */
export function checkMaterial(material: TlsMaterial): void {
  createSecureContext(contextOf(material));
}

export function tlsDoor(material: TlsMaterial): TlsDoor {
  const { clientAuth } = material.config;
  const waiting = new Map<string, (socket: Socket) => void>();
  // It listens nowhere: connections are given to it, as to Node's HTTP server.
  const server = createServer({
    ...contextOf(material),
    requestCert: clientAuth !== 'NoClientCert',
    rejectUnauthorized: clientAuth === 'RequireAndVerifyClientCert',
    allowHalfOpen: true,
  });
  server.on('secureConnection', (socket) => {
    const onSecure = waiting.get(endOf(socket));
    if (onSecure === undefined || !isWelcome(socket, clientAuth)) socket.destroy();
    else onSecure(socket);
  });
  // A client's mistake: the connection is destroyed.
  server.on('tlsClientError', () => {});
  const begin = paced(HANDSHAKE_MS);
  return {
    secure(transport, onSecure) {
      const end = endOf(transport);
      waiting.set(end, onSecure);
      transport.once('close', () => {
        if (waiting.get(end) === onSecure) waiting.delete(end);
      });
      begin(() => {
        if (!transport.destroyed) server.emit('connection', transport);
      });
    },
    renew: (next) => server.setSecureContext(contextOf(next)),
  };
}

/** Runs what is given at once if the last was at least `everyMs` ago, and else in its turn. */
function paced(everyMs: number): (work: () => void) => void {
  const queue: (() => void)[] = [];
  let freeAtMs = 0;
  const next = (): void => {
    queue.shift()?.();
    freeAtMs = performance.now() + everyMs;
    if (queue.length > 0) setTimeout(next, everyMs).unref();
  };
  return (work) => {
    queue.push(work);
    if (queue.length > 1) return;
    const inMs = freeAtMs - performance.now();
    if (inMs <= 0) next();
    else setTimeout(next, inMs).unref();
  };
}

function contextOf({ config: { minVersion, maxVersion }, cert, key, ca }: TlsMaterial) {
  return { cert, key, minVersion, maxVersion, ...(ca === null ? {} : { ca }) };
}

/** Tells the open connections of one listener apart. */
function endOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

function isWelcome(socket: TLSSocket, clientAuth: ClientAuthType): boolean {
  switch (clientAuth) {
    case 'NoClientCert':
    case 'RequestClientCert':
      return true;
    case 'RequireAnyClientCert':
      return hasCertificate(socket);
    case 'VerifyClientCertIfGiven':
      return socket.authorized || !hasCertificate(socket);
    case 'RequireAndVerifyClientCert':
      return socket.authorized;
  }
}

function hasCertificate(socket: TLSSocket): boolean {
  return socket.getPeerX509Certificate() !== undefined;
}
