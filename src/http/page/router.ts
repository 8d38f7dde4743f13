import { Router } from 'express';
import type { Report } from '../../model/report.ts';
import { keepNewest } from '../keep-newest.ts';
import { contentSecurityPolicy } from './client.ts';
import { renderPage, renderUpdate } from './render.ts';
import type { PageState, PageView } from './state.ts';
import { pageStreams, STREAM_LIMITS, type StreamLimits } from './stream.ts';

/**
 * The status page at `/` and its stream of changes at `/api/v1/stream`. The page names what it
 * loads relative to itself, so it works behind a path prefix such as the API server's pod proxy.
 */
export function pageRouter(
  view: PageView,
  limits: StreamLimits = STREAM_LIMITS,
  nowMs: () => number = Date.now,
): Router {
  let unsubscribe = (): void => {};
  // Of a report and a second, so that streams which are opened again and again cost no page each.
  const updateIn = keepNewest((_second: number) =>
    keepNewest((_report: Report) => renderUpdate(stateOf(view, nowMs()))),
  );
  const streams = pageStreams(
    () => updateIn(Math.floor(nowMs() / 1_000))(view.report()),
    limits,
    nowMs,
    (isUsed) => {
      unsubscribe();
      unsubscribe = isUsed ? view.onReport(() => streams.changed()) : () => {};
    },
  );
  view.onStop(() => streams.close());

  // One page of a report for all who ask within the same second.
  const pageIn = keepNewest((_second: number) =>
    keepNewest((_report: Report) => Buffer.from(renderPage(stateOf(view, nowMs())))),
  );
  const router = Router();
  router.get('/', (_request, response) => {
    response
      .set({
        'Content-Security-Policy': contentSecurityPolicy,
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      })
      .type('html')
      .send(pageIn(Math.floor(nowMs() / 1_000))(view.report()));
  });
  router.get('/api/v1/stream', (request, response) => {
    if (request.method === 'HEAD') response.type('text/event-stream').end();
    else streams.open(response);
  });
  return router;
}

function stateOf(view: PageView, nowMs: number): PageState {
  return {
    nowMs,
    report: view.report(),
    profile: view.profile,
    timeline: view.timeline(),
    transitions: view.transitions(),
    ensemble: view.ensemble(),
    evidence: view.evidence(),
    runbookUrl: view.runbookUrl,
    probePort: view.probePort,
  };
}
