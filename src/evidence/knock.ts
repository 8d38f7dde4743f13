import { connect } from 'node:net';
import type { Address } from '../model/socket.ts';

/**
 * Whether anything at all comes back from a port: an open connection, a refusal or a reset prove that
 * packets travel both ways; only silence says nothing. Sends no data. Never rejects.
 */
export function knock(address: Address, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', (error) => {
      const code = 'code' in error ? error.code : '';
      end(code === 'ECONNREFUSED' || code === 'ECONNRESET');
    });
  });
}
