import { request } from 'node:http';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'express';
import { type AppOptions, createApp } from '../../src/http/app.ts';
import type { Limits } from '../../src/http/connections/limits.ts';
import { type HttpServer, listen } from '../../src/http/server.ts';
import type { AgentView } from '../../src/model/agent-view.ts';
import { BUILD, WATCHED } from './sample-report.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Serving {
  readonly server: HttpServer;
  /** One request on a connection of its own. */
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answer>;
}

/** A real server over `view` on a free port of the loopback, stopped at the test's end. */
export async function serve(
  t: TestContext,
  view: AgentView,
  changes: Partial<AppOptions> & { readonly limits?: Limits } = {},
): Promise<Serving> {
  const { limits, ...options } = changes;
  const fail = (error: unknown) => {
    throw error;
  };
  const app = createApp(view, {
    watched: WATCHED,
    build: BUILD,
    logLinesDropped: () => 0,
    stops: NO_STOPS,
    authenticate: null,
    evidence: Router(),
    page: plainPage(),
    onError: fail,
    ...options,
  });
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => performance.now(),
    onError: fail,
    ...(limits ? { limits } : {}),
  });
  t.after(() => server.stop(0));
  return {
    server,
    get: (path, headers = {}, method = 'GET') => ask(server.port, path, headers, method),
  };
}

/** Every stop is allowed at once. */
export const NO_STOPS: AppOptions['stops'] = {
  decide: () => ({ kind: 'allowed', reason: 'nobody is needed' }),
  hold(_waitMs, answer) {
    answer({ kind: 'allowed', reason: 'nobody is needed' });
    return () => {};
  },
};

/** In place of the status page, which has tests of its own. */
function plainPage(): Router {
  return Router().get('/', (_request, response) => {
    response.type('text/plain').send('a page\n');
  });
}

/** Waits for what another part of this process is about to do. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await delay(5);
  }
}

function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  method: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, path, headers, method, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
        response.on('error', reject);
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}
