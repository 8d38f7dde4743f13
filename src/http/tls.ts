import type { Socket } from 'node:net';
import { createSecureContext, createServer, type TLSSocket } from 'node:tls';
import type { ClientAuthType, TlsServerConfig } from '../model/web-config.ts';
import { awaitHello } from './client-hello.ts';
import type { Door } from './connections/stage.ts';

/** The settings of a listener's TLS with the texts of what they name, in PEM. */
export interface TlsMaterial {
  readonly config: Pick<TlsServerConfig, 'clientAuth' | 'minVersion' | 'maxVersion'>;
  readonly cert: string;
  readonly key: string;
  readonly ca: string | null;
}

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
  const turns = handshakeTurns((transport) => server.emit('connection', transport));
  return {
    secure(transport, { onHello, onSecure }) {
      const end = endOf(transport);
      waiting.set(end, onSecure);
      transport.once('close', () => {
        turns.drop(transport);
        if (waiting.get(end) === onSecure) waiting.delete(end);
      });
      awaitHello(transport, () => {
        onHello();
        turns.add(transport);
      });
    },
    renew: (next) => server.setSecureContext(contextOf(next)),
  };
}

/**
 * Begins one handshake in each turn of the event loop, as one connection is accepted in each: it takes a millisecond
 * of this thread or more, before anybody has shown who they are. Of those that wait the newest is first, as the
 * kubelet is new each time.
 */
function handshakeTurns(begin: (transport: Socket) => void) {
  let waiting: Socket[] = [];
  let isAwaited = false;

  function next(): void {
    isAwaited = false;
    const transport = waiting.pop();
    if (transport !== undefined) begin(transport);
    callNext();
  }

  function callNext(): void {
    if (isAwaited || waiting.length === 0) return;
    isAwaited = true;
    setImmediate(next);
  }

  return {
    add(transport: Socket): void {
      waiting.push(transport);
      callNext();
    },
    drop(transport: Socket): void {
      waiting = waiting.filter((one) => one !== transport);
    },
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
