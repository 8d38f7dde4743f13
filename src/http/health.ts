import { type Request, type Response, Router } from 'express';
import type { AgentView } from '../model/agent-view.ts';
import { leadingFinding } from '../model/findings.ts';
import { readinessText } from '../model/readiness.ts';
import type { Check, Report } from '../model/report.ts';
import { type Exclusion, type HealthAnswer, healthJson, healthText } from './health-answer.ts';
import { isReady } from './readiness.ts';
import type { Watched } from './watched.ts';

/** A client's own words go back to it no longer than this. */
const LONGEST_NAME = 64;
const MOST_NAMES = 16;

/**
 * The health endpoints: 200 or 503, bodies as text in the way of the Kubernetes API server, or JSON
 * for `Accept: application/json`; `?verbose` lists the checks of a success too.
 *
 * `?exclude=CHECK` takes a check out of the list, not out of the judgement. Readiness is one
 * judgement over time (a quorum that has held for the settling time) and not the sum of the checks of
 * the moment: were an excluded check left out of it, a member could be called ready before its data
 * is synced, or because the probe cannot look.
 */
export function healthRouter(view: AgentView, watched: Watched): Router {
  const router = Router({ caseSensitive: true });
  router.get('/livez', (request, response) => {
    answer(request, response, livez(view));
  });
  router.get('/readyz', (request, response) => {
    answer(request, response, readyz(view, watched));
  });
  router.get('/healthz', (request, response) => {
    answer(request, response, healthz(view.report(), watched));
  });
  router.get('/readyz/:check', (request, response) => {
    const checks = allChecks(view.report(), watched);
    const check = checks.find(({ name }) => name === request.params.check);
    if (check) {
      answer(request, response, oneCheck(check));
    } else {
      const reason = `no such check; the checks are: ${checks.map(({ name }) => name).join(', ')}`;
      response.status(404);
      if (wantsJson(request)) response.json({ status: 'failed', reason, checks: [], warnings: [] });
      else response.type('text/plain').send(`${reason}\n`);
    }
  });
  return router;
}

function livez(view: AgentView): HealthAnswer {
  const alive = view.alive();
  const check: Check = alive
    ? { name: 'scan-loop', status: 'pass', reason: 'the scan loop is running' }
    : {
        name: 'scan-loop',
        status: 'fail',
        reason: 'no scan attempt has finished in the last 60 s',
      };
  return { endpoint: 'livez', passed: alive, checks: [check], reason: null };
}

function readyz(view: AgentView, watched: Watched): HealthAnswer {
  const report = view.report();
  const checks = allChecks(report, watched);
  const passed = isReady(view, report);
  const reason = passed ? readyReason(report) : unreadyReason(view, report);
  return { endpoint: 'readyz', passed, checks, reason };
}

function readyReason({ bootstrap, readiness }: Report): string | null {
  return bootstrap ? readinessText(readiness, Date.now()) : null;
}

function unreadyReason(view: AgentView, { readiness }: Report): string {
  return view.stopping()
    ? 'the probe is stopping: it is not ready while connections drain'
    : readinessText(readiness, Date.now());
}

function healthz(report: Report, watched: Watched): HealthAnswer {
  const passed = report.verdict === 'healthy' || report.verdict === 'degraded';
  return {
    endpoint: 'healthz',
    passed,
    checks: allChecks(report, watched),
    reason: leadingFinding(report.findings),
  };
}

function oneCheck(check: Check): HealthAnswer {
  const passed = check.status === 'pass' || check.status === 'warn';
  return { endpoint: `readyz/${check.name}`, passed, checks: [check], reason: null };
}

/** The report's checks, and as unknown those it does not hold yet. */
function allChecks(report: Report, watched: Watched): readonly Check[] {
  const held = new Set(report.checks.map(({ name }) => name));
  const missing = watched.checks
    .filter((name) => !held.has(name))
    .map((name): Check => ({ name, status: 'unknown', reason: 'not scanned yet' }));
  return [...report.checks, ...missing];
}

function answer(request: Request, response: Response, content: HealthAnswer): void {
  const exclusion = excluded(request, content.checks);
  response.status(content.passed ? 200 : 503);
  if (wantsJson(request)) {
    response.json(healthJson(content, exclusion));
  } else {
    const verbose = request.query['verbose'] !== undefined;
    response.type('text/plain').send(healthText(content, exclusion, verbose));
  }
}

function wantsJson(request: Request): boolean {
  return request.accepts(['text/plain', 'application/json']) === 'application/json';
}

function excluded(request: Request, checks: readonly Check[]): Exclusion {
  const names = new Set(checks.map(({ name }) => name));
  const asked = [request.query['exclude'] ?? []]
    .flat()
    .filter((name) => typeof name === 'string')
    .slice(0, MOST_NAMES)
    .map((name) => name.slice(0, LONGEST_NAME));
  return {
    known: new Set(asked.filter((name) => names.has(name))),
    unknown: asked.filter((name) => !names.has(name)),
  };
}
