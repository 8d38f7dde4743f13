import type { Socket } from 'node:net';

/** A record of a handshake (RFC 8446, section 5.1): its type, version, and length in two bytes. */
const HANDSHAKE = 22;
const HEADER_BYTES = 5;
/** RFC 8446, section 4. */
const CLIENT_HELLO = 1;
const LONGEST_BYTES = 16_384;

const PLAIN_HTTP =
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nthis port speaks TLS; use https\n';

/**
 * Waits for the first record of a handshake and gives it back to the connection, so that whoever says nothing, or
 * not enough, costs no handshake. Whoever begins with anything else is told so.
 */
export function awaitHello(transport: Socket, onHello: () => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const kind = helloIn(seen);
    if (kind === 'incomplete') return;
    transport.off('data', onData);
    if (kind === 'none') {
      transport.end(PLAIN_HTTP);
      transport.resume();
      return;
    }
    transport.pause();
    transport.unshift(seen);
    onHello();
  };
  transport.on('data', onData);
}

function helloIn(bytes: Buffer): 'whole' | 'incomplete' | 'none' {
  if (bytes[0] !== HANDSHAKE) return 'none';
  if (bytes.length < HEADER_BYTES) return 'incomplete';
  const lengthBytes = bytes.readUInt16BE(HEADER_BYTES - 2);
  if (lengthBytes > LONGEST_BYTES) return 'none';
  if (bytes.length < HEADER_BYTES + lengthBytes) return 'incomplete';
  return bytes[HEADER_BYTES] === CLIENT_HELLO ? 'whole' : 'none';
}
