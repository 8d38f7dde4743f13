import { setImmediate as nextTurn } from 'node:timers/promises';
import { Router } from 'express';
import type { AgentView } from '../model/agent-view.ts';
import type { Build } from './metrics/definition.ts';
import { exposition } from './metrics/exposition.ts';
import { watchProcess } from './metrics/process.ts';
import { METRICS } from './metrics/table.ts';
import { isReady } from './readiness.ts';
import type { Turns } from './turns.ts';
import type { Watched } from './watched.ts';

export interface MetricsOptions {
  readonly watched: Watched;
  readonly build: Build;
  /** Log lines that found no room, since the start. */
  readonly logLinesDropped: () => number;
  readonly turns: Turns;
}

/** `GET /metrics`: always 200, the Prometheus text format 0.0.4 whatever is asked for. */
export function metricsRouter(
  view: AgentView,
  { watched, build, logLinesDropped, turns }: MetricsOptions,
): Router {
  const readProcess = watchProcess();
  const { contentType, render } = exposition(METRICS, () => view.countError('collect-failed'));
  let rendering: Promise<Buffer> | null = null;

  async function renderOnce(): Promise<Buffer> {
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

  /** All who ask before its turn has come and gone are served by one rendering. */
  function inTurn(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      setImmediate(() =>
        turns(async () => {
          await renderOnce().then(resolve, reject);
          // Sending it to all who wait belongs to the same turn, and is most of it.
          await nextTurn();
        }),
      );
    });
  }

  const router = Router();
  router.get('/metrics', async (_request, response) => {
    // One that is being rendered serves all who ask meanwhile.
    rendering ??= inTurn().finally(() => {
      rendering = null;
    });
    response.set('Content-Type', contentType).send(await rendering);
  });
  return router;
}
