import { Router } from 'express';
import type { AgentView } from '../model/agent-view.ts';

/** `GET /`: the verdict in a few plain lines, and where to read on. */
export function summaryRouter(view: AgentView): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    const { member, profile, role, ready, verdict, findings } = view.report();
    const lines = [
      `${member.name}: ${profile} ${role}, ${verdict}, ${ready ? 'ready' : 'not ready'}`,
      ...findings.map(({ severity, summary, remedy }) => `${severity}: ${summary} ${remedy}`),
      'see /readyz?verbose, /api/v1/report and /metrics',
    ];
    response.type('text/plain').send(`${lines.join('\n')}\n`);
  });
  return router;
}
