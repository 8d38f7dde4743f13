import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import express from 'express';
import { pageRouter } from '../../src/http/page/router.ts';
import type { PageState } from '../../src/http/page/state.ts';
import { STREAM_LIMITS, type StreamLimits } from '../../src/http/page/stream.ts';
import { type FakeView, fakeView } from '../http/page/fake-view.ts';
import { NOW_MS } from '../http/page/states.ts';

export interface PageServer extends FakeView {
  readonly url: string;
  /** Cuts every connection and refuses new ones until `heal`. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

/** The page's router behind a real server that the test can make unreachable. */
export async function servePage(
  state: PageState,
  limits: Partial<StreamLimits> = {},
): Promise<PageServer> {
  const fake = fakeView(state);
  const beganMs = performance.now();
  const app = express().use(
    pageRouter(
      fake.view,
      { ...STREAM_LIMITS, gatherMs: 1, heartbeatMs: 200, ...limits },
      // The states are of this moment, from which the clock goes on.
      () => NOW_MS + Math.round(performance.now() - beganMs),
    ),
  );
  const server = createServer(app);
  const sockets = new Set<Socket>();
  let isCut = false;
  server.on('connection', (socket) => {
    if (isCut) socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    ...fake,
    url: `http://127.0.0.1:${port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    heal() {
      isCut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
