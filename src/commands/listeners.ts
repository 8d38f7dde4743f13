import type { RequestListener } from 'node:http';
import type { Door } from '../http/connections/stage.ts';
import { type Connections, type HttpServer, listen } from '../http/server.ts';
import type { ServeCommand } from '../model/settings.ts';

/** What is served. */
export interface Apps {
  /** Serves everything, health included, on `--listen`. */
  readonly app: RequestListener;
  /** Serves health alone, on `--listen-health`. */
  readonly healthApp: RequestListener;
}

export interface ListenersOptions {
  readonly nowMs: () => number;
  /** Is told of a connection that could not be accepted. */
  readonly onError: (error: Error) => void;
  /** Secures connections to `--listen`; `null` for plain HTTP. */
  readonly door: Door | null;
}

/** The one or two listeners of the agent, taken together. */
export interface Listeners {
  /** The port of `--listen`. */
  readonly port: number;
  /** The port of `--listen-health`; `null` without it. */
  readonly healthPort: number | null;
  /** The probe's own connections, of both. */
  connections(): Connections;
  /** Answers requests from now on, those first that came before. */
  serve(apps: Apps): void;
  /** See `HttpServer`. */
  stop(graceMs: number): Promise<void>;
}

const NO_CONNECTIONS: Connections = { accepted: 0, open: 0, lastActivityAtMs: null };

/** Opens what the settings name. Rejects with one clear line, and listens nowhere, where one cannot be had. */
export async function openListeners(
  command: Pick<ServeCommand, 'listen' | 'listenHealth'>,
  { nowMs, onError, door }: ListenersOptions,
): Promise<Listeners> {
  const app = servedLater();
  const healthApp = servedLater();
  const main = await listen(app.listener, { ...command.listen, nowMs, onError, door });
  const health = await listenHealth();
  const all = health === null ? [main] : [main, health];
  return {
    port: main.port,
    healthPort: health?.port ?? null,
    connections: () => all.map((server) => server.connections()).reduce(together, NO_CONNECTIONS),
    serve(apps) {
      app.serve(apps.app);
      healthApp.serve(apps.healthApp);
    },
    async stop(graceMs) {
      await Promise.all(all.map((server) => server.stop(graceMs)));
    },
  };

  async function listenHealth(): Promise<HttpServer | null> {
    if (command.listenHealth === null) return null;
    try {
      const option = '--listen-health';
      return await listen(healthApp.listener, { ...command.listenHealth, option, nowMs, onError });
    } catch (error) {
      await main.stop(0);
      throw error;
    }
  }
}

/** A listener whose requests wait until it is known what answers them. */
function servedLater(): { readonly listener: RequestListener; serve(by: RequestListener): void } {
  const waiting: Parameters<RequestListener>[] = [];
  let answer: RequestListener = (...request) => void waiting.push(request);
  return {
    listener: (...request) => answer(...request),
    serve(by) {
      answer = by;
      for (const request of waiting.splice(0)) by(...request);
    },
  };
}

function together(one: Connections, other: Connections): Connections {
  const times = [one.lastActivityAtMs, other.lastActivityAtMs].filter((time) => time !== null);
  return {
    accepted: one.accepted + other.accepted,
    open: one.open + other.open,
    lastActivityAtMs: times.length === 0 ? null : Math.max(...times),
  };
}
