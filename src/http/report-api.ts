import { readFile } from 'node:fs/promises';
import { Router } from 'express';
import type { AgentView } from '../model/agent-view.ts';
import type { Report } from '../model/report.ts';
import { keepNewest } from './keep-newest.ts';

/** The whole report as JSON, and the JSON Schema it keeps to. */
export function reportRouter(view: AgentView): Router {
  const bytesOf = keepNewest((report: Report) => Buffer.from(JSON.stringify(report)));
  let schema: Promise<Buffer> | null = null;
  const router = Router({ caseSensitive: true });
  router.get('/api/v1/report', (_request, response) => {
    response.type('json').send(bytesOf(view.report()));
  });
  router.get('/api/v1/report/schema', async (_request, response) => {
    schema ??= reportSchemaBytes();
    response.type('application/schema+json').send(await schema);
  });
  return router;
}

/** The schema as the build writes it beside the program; the schema builder alone would cost 3 MiB of heap. */
const SHIPPED = new URL('../report.schema.json', import.meta.url);

async function reportSchemaBytes(): Promise<Buffer> {
  try {
    return await readFile(SHIPPED);
  } catch {
    // Run from its sources, the program has no such file.
    const { reportJsonSchema } = await import('../model/report-schema.ts');
    return Buffer.from(JSON.stringify(reportJsonSchema()));
  }
}
