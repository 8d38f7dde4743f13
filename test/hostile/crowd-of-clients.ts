import { connect, type Socket } from 'node:net';

/**
 * A crowd of clients from one address, in a process of its own: each sends its text, reads nothing or
 * all, and connects again as soon as it is put out. Prints `ready` when all have connected once.
 *
 * Arguments: the port, how many clients, what each sends (JSON), `reads` or `unread`, and a text that
 * is sent again and again, each byte on its own (JSON), or nothing.
 */
const [port = '', many = '', text = '""', reading = 'reads', drip = '""'] = process.argv.slice(2);
const first: string = JSON.parse(text);
const dripped: string = JSON.parse(drip);

let connected = 0;
const sockets = new Set<Socket>();

function join(): void {
  const socket = connect(Number(port), '127.0.0.1');
  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  if (reading === 'reads') socket.resume();
  else socket.pause();
  socket.once('connect', () => {
    socket.write(first);
    connected += 1;
    if (connected === Number(many)) process.stdout.write('ready\n');
  });
  socket.once('close', () => {
    sockets.delete(socket);
    join();
  });
}

for (let count = 0; count < Number(many); count += 1) join();

if (dripped !== '') {
  setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(dripped);
  }, 1);
}
