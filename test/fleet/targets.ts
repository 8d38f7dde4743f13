import { once } from 'node:events';
import { createServer } from 'node:http';
import * as z from 'zod';

/** Many pretended probes behind one port of the loopback, each under a path of its own. */
export interface Targets {
  readonly port: number;
  close(): void;
}

/** What is scraped at a path; `null` where nothing answers. */
export type Answering = (path: string) => Promise<string | null>;

const addressSchema = z.object({ port: z.int() });

/** Serves until it is closed; scrapers may keep their connections. */
export async function serveTargets(answer: Answering): Promise<Targets> {
  const server = createServer((request, response) => {
    answer(request.url ?? '').then(
      (text) => {
        if (text === null) response.writeHead(503).end();
        else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
      },
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: addressSchema.parse(server.address()).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
