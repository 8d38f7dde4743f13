/** Stands in for an agent that sees nothing: ready whatever happens. The demo must not be content with it. */
import { createServer } from 'node:http';

const listen = process.argv.find((argument) => argument.startsWith('--listen='));
const server = createServer((_request, response) => response.end('ok\n'));
server.listen(Number(listen?.split(':').at(-1)), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
