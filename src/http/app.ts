import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Router,
} from 'express';
import type { AgentView } from '../model/agent-view.ts';
import { answersBound } from './answers-bound.ts';
import { healthRouter } from './health.ts';
import type { Build } from './metrics/definition.ts';
import { metricsRouter } from './metrics.ts';
import { reportRouter } from './report-api.ts';
import { type StopQuestions, stopRouter } from './stop-allowed.ts';
import { createTurns } from './turns.ts';
import type { Watched } from './watched.ts';

export interface AppOptions {
  readonly watched: Watched;
  readonly build: Build;
  /** Log lines that found no room, since the start. */
  readonly logLinesDropped: () => number;
  /** Lets requests in, health and stops aside; `null` where everybody is. */
  readonly authenticate: RequestHandler | null;
  /** Answers whether this member's server may stop. */
  readonly stops: StopQuestions;
  /** Serves the events and what the members say together. */
  readonly evidence: Router;
  /** Serves `GET /` and what belongs to it, last in line. */
  readonly page: Router;
  /** Is told of a request that failed by a fault of ours, never of a client's mistake. */
  readonly onError: (error: unknown) => void;
}

/**
 * Health, metrics, report and page over one view of the agent. GET and HEAD only; everything is
 * read from the view, and no request starts work.
 */
export function createApp(view: AgentView, options: AppOptions): Express {
  const app = healthFirst(view, options);
  if (options.authenticate !== null) app.use(options.authenticate);
  app.use(answersBound());
  const turns = createTurns();
  // Scrapes share one turn among all who ask.
  app.use(metricsRouter(view, { ...options, turns }));
  app.use((_request, response, next) => {
    turns(() => {
      if (!response.destroyed) next();
    });
  });
  app.use(reportRouter(view));
  app.use(options.evidence);
  app.use(options.page);
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found\n');
  });
  app.use(failure(options.onError));
  return app;
}

/** What the kubelet asks alone, for a listener of its own. */
export function createHealthApp(
  view: AgentView,
  { onError, ...options }: Pick<AppOptions, 'watched' | 'stops' | 'onError'>,
): Express {
  const app = healthFirst(view, options);
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found; only health is served here\n');
  });
  app.use(failure(onError));
  return app;
}

/** What is never refused for load comes before all that may be. */
function healthFirst(
  view: AgentView,
  { watched, stops }: Pick<AppOptions, 'watched' | 'stops'>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  // Every answer is of the moment: hashing it for a tag would be work for nothing.
  app.disable('etag');
  app.use(headers(view));
  app.use(readOnly);
  app.use(healthRouter(view, watched));
  app.use(stopRouter(stops));
  return app;
}

function headers(view: AgentView): RequestHandler {
  return (_request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    if (view.stopping()) response.set('Connection', 'close');
    next();
  };
}

const readOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
  } else {
    response.status(405).set('Allow', 'GET, HEAD').type('text/plain').send('GET and HEAD only\n');
  }
};

function failure(onError: AppOptions['onError']): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const status = clientFault(error);
    if (status === null) {
      onError(error);
    }
    if (response.headersSent) {
      // So that the client does not take a part for the whole.
      response.destroy();
    } else {
      const text = status === null ? 'internal error\n' : 'bad request\n';
      response
        .status(status ?? 500)
        .type('text/plain')
        .send(text);
    }
  };
}

/** The 4xx status that express gave an error for what the client sent, such as a broken `%` in the path. */
function clientFault(error: unknown): number | null {
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    return error.status >= 400 && error.status < 500 ? error.status : null;
  }
  return null;
}
