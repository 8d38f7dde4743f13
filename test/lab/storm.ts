/** Opens and holds many client connections to one server: `storm.ts ADDRESS PORT COUNT`. */
import { connect } from 'node:net';

const [address, port, count] = process.argv.slice(2);
let open = 0;
for (let index = 0; index < Number(count); index++) {
  const socket = connect({ host: address ?? '', port: Number(port) });
  socket.on('connect', () => {
    open += 1;
    if (open === Number(count)) console.log(open);
  });
  socket.on('error', (error) => console.error(`storm: ${error.message}`));
}
