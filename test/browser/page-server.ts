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

/** A clock that goes on from the moment that the states are of. */
function goingOn(): () => number {
  const beganMs = performance.now();
  return () => NOW_MS + Math.round(performance.now() - beganMs);
}

/** The page's router behind a real server that the test can make unreachable. */
export async function servePage(
  state: PageState,
  limits: Partial<StreamLimits> = {},
  nowMs: () => number = goingOn(),
): Promise<PageServer> {
  const fake = fakeView(state);
  const app = express().use(
    pageRouter(fake.view, { ...STREAM_LIMITS, gatherMs: 1, heartbeatMs: 200, ...limits }, nowMs),
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
