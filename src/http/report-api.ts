import { Router } from 'express';
import type { AgentView } from '../model/agent-view.ts';

/** The whole report as JSON, and the JSON Schema it keeps to. */
export function reportRouter(view: AgentView): Router {
  const router = Router({ caseSensitive: true });
  router.get('/api/v1/report', (_request, response) => {
    response.json(view.report());
  });
  router.get('/api/v1/report/schema', async (_request, response) => {
    // Derived only when asked for: the schema builder is of no use to a probe otherwise.
    const { reportJsonSchema } = await import('../model/report-schema.ts');
    response.type('application/schema+json').send(JSON.stringify(reportJsonSchema()));
  });
  return router;
}
