import { setImmediate as nextTurn } from 'node:timers/promises';
import { Router } from 'express';
import type { AgentView } from '../model/agent-view.ts';
import type { Build } from './metrics/definition.ts';
import { exposition } from './metrics/exposition.ts';
import { watchProcess } from './metrics/process.ts';
import { METRICS } from './metrics/table.ts';
import { isReady } from './readiness.ts';
import type { Watched } from './watched.ts';

export interface MetricsOptions {
  readonly watched: Watched;
  readonly build: Build;
  /** Log lines that found no room, since the start. */
  readonly logLinesDropped: () => number;
}

/** `GET /metrics`: always 200, the Prometheus text format 0.0.4 whatever is asked for. */
export function metricsRouter(
  view: AgentView,
  { watched, build, logLinesDropped }: MetricsOptions,
): Router {
  const readProcess = watchProcess();
  const { contentType, render } = exposition(METRICS, () => view.countError('collect-failed'));
  let rendering: Promise<Buffer> | null = null;

  async function renderOnce(): Promise<Buffer> {
    // All who have asked by the next turn of the event loop are served by this one.
    await nextTurn();
    const report = view.report();
    const text = await render({
      report,
      ready: isReady(view, report),
      totals: view.totals(),
      watched,
      build,
      process: readProcess(),
      logLinesDropped: logLinesDropped(),
    });
    return Buffer.from(text);
  }

  const router = Router();
  router.get('/metrics', async (_request, response) => {
    // One that is being rendered serves all who ask meanwhile.
    rendering ??= renderOnce().finally(() => {
      rendering = null;
    });
    response.set('Content-Type', contentType).send(await rendering);
  });
  return router;
}
