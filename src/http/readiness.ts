import type { AgentView } from '../model/agent-view.ts';
import type { Report } from '../model/report.ts';

/** Whether `/readyz` answers 200: the report's readiness, refused from the first stop signal on. */
export function isReady(view: AgentView, report: Report): boolean {
  return report.ready && !view.stopping();
}
