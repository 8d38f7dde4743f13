/**
 * Opens many client sessions with one server and keeps them: `storm.ts ADDRESS PORT COUNT`.
 * Prints the count when the server has answered them all.
 */
import { connect } from 'node:net';
import { connectRequest } from './jute.ts';

/** No session is pinged, so each must outlast the storm. */
const SESSION_MS = 40_000;

const [address, port, count] = process.argv.slice(2);
let open = 0;
for (let index = 0; index < Number(count); index++) {
  const socket = connect({ host: address ?? '', port: Number(port) });
  // A full accept queue drops a handshake's end in silence: data makes the client try again.
  socket.write(connectRequest(SESSION_MS));
  socket.once('data', () => {
    open += 1;
    if (open === Number(count)) console.log(open);
  });
  socket.on('error', (error) => console.error(`storm: ${error.message}`));
}
