import assert from 'node:assert/strict';
import type { Agreement } from './agreement.ts';
import { sourcesAgree } from './both-sources.ts';
import type { Ensemble, Member } from './ensemble.ts';
import type { Fabric } from './fabric.ts';
import { type Outcome, record } from './results.ts';
import { isServing, type Mode } from './sample.ts';
import type { PodState, Watch } from './watch.ts';

export interface Scenario {
  readonly network: string;
  readonly name: string;
  /** The member whose readiness and server are watched. */
  readonly subject: Member;
  readonly fault: () => Promise<unknown>;
  readonly repair: () => Promise<unknown>;
  /** How long the fault may go on showing itself. */
  readonly patienceMs: number;
  /** How soon `/readyz` must refuse; `never`: the subject must stay ready. */
  readonly notReadyWithinMs: number | 'never';
  /** The finding that names the fault, and the member that must raise it. */
  readonly finding?: { readonly at: Member; readonly code: string };
  /** The series an alert would rest on. */
  readonly metric?: {
    readonly at: Member;
    readonly name: string;
    readonly changed: (series: Readonly<Record<string, number>>) => boolean;
  };
  /** How the server tells of the fault; by default it no longer serves. */
  readonly noticed?: (mode: Mode) => boolean;
}

/** How long readiness is withheld after the quorum link came back, and what following it may add. */
const SETTLE_MS = 5000;
const FOLLOW_MS = 1500;
const POLL_MS = 500;
const RECOVERY_MS = 90_000;
/** How much of the agent's log goes with a bound that was missed. */
const LOG_LINES = 8;

/** Breaks, watches, repairs and watches again; asserts the bounds and records what was measured. */
export async function play(
  ensemble: Ensemble,
  agreement: Agreement,
  scenario: Scenario,
): Promise<void> {
  await settled(ensemble);
  await agreement.take();
  const { watch } = ensemble;
  const { subject, finding, metric, patienceMs } = scenario;
  const noticed = scenario.noticed ?? ((mode: Mode) => !isServing(mode));
  agreement.disturbed();
  const shown = Promise.all([
    watch.when(subject.pod.index, patienceMs, ({ readyz }) => readyz === 503),
    finding === undefined
      ? null
      : watch.when(finding.at.pod.index, patienceMs, (state) => raises(state, finding.code)),
    metric === undefined
      ? null
      : watch.when(metric.at.pod.index, patienceMs, ({ series }) =>
          series === null ? false : metric.changed(series),
        ),
    watch.when(subject.pod.index, patienceMs, ({ mode }) => mode !== null && noticed(mode)),
  ]);
  const raised = collectFindings(watch, ensemble.fabric);
  await scenario.fault();
  const [notReadyMs, findingMs, metricMs, noticedMs] = await shown;
  const difference = await sourcesAgree(watch, ensemble.fabric, scenario.name).catch(String);

  agreement.disturbed();
  const servingFor = followServing(ensemble, subject);
  const back = watch.when(subject.pod.index, RECOVERY_MS, ({ readyz }) => readyz === 200);
  await scenario.repair();
  const readyMs = await back;
  await settled(ensemble);
  const servingMs = servingFor();

  const outcome: Outcome = {
    network: scenario.network,
    scenario: scenario.name,
    notReady: toSeconds(notReadyMs),
    finding: finding === undefined ? null : { name: finding.code, seconds: toSeconds(findingMs) },
    metric: metric === undefined ? null : { name: metric.name, seconds: toSeconds(metricMs) },
    zookeeper: toSeconds(noticedMs),
    servingAgain: notReadyMs === null ? null : toSeconds(servingMs),
    readyAgain: notReadyMs === null ? null : toSeconds(readyMs),
  };
  record(outcome);
  console.log(`${scenario.name}: findings ${raised() || 'none'}`);

  const log = `\n${(await subject.agentLog()).trimEnd().split('\n').slice(-LOG_LINES).join('\n')}`;
  if (scenario.notReadyWithinMs === 'never') {
    assert.equal(notReadyMs, null, 'the member must stay ready');
  } else {
    assert.ok(
      notReadyMs !== null && notReadyMs <= scenario.notReadyWithinMs,
      `not ready after ${notReadyMs} ms, bound ${scenario.notReadyWithinMs} ms${log}`,
    );
    assert.ok(servingMs !== null && readyMs !== null, 'the member must come back');
    assert.ok(
      readyMs <= servingMs + SETTLE_MS + FOLLOW_MS + POLL_MS,
      `ready ${readyMs} ms after the repair, serving after ${servingMs} ms${log}`,
    );
  }
  if (finding !== undefined) assert.notEqual(findingMs, null, `finding ${finding.code} is missing`);
  if (metric !== undefined) assert.notEqual(metricMs, null, `${metric.name} did not change`);
  assert.deepEqual(await agreement.take(), [], 'agent and server disagree');
  assert.equal(difference, undefined);
}

/** Waits until every server serves and every agent is ready. */
export async function settled({ watch, fabric }: Ensemble): Promise<void> {
  await watch.until('every member serves and is ready', RECOVERY_MS, (states) =>
    states.every(({ mode, readyz }) => mode !== null && isServing(mode) && readyz === 200),
  );
  await sourcesAgree(watch, fabric, 'every member serves and is ready');
}

/** The members by what their servers say: the leader, and the others in order. */
export function byRole(ensemble: Ensemble): { leader: Member; followers: [Member, Member] } {
  const { members, watch } = ensemble;
  const leader = members.find(({ pod }) => watch.states[pod.index]?.mode === 'leader');
  const [first, second] = members.filter((member) => member !== leader);
  assert.ok(leader !== undefined && first !== undefined && second !== undefined, 'no leader');
  return { leader, followers: [first, second] };
}

/**
 * Milliseconds from now until the server began to serve for good: one that was hung answers once
 * from what it last knew before it finds itself out of the quorum.
 */
function followServing({ watch }: Ensemble, { pod }: Member): () => number | null {
  const from = Date.now();
  let servingMs: number | null = null;
  const unsubscribe = watch.subscribe((sample) => {
    if (sample.kind !== 'srvr' || sample.pod !== pod.index) return;
    if (isServing(sample.mode)) servingMs ??= sample.at - from;
    else servingMs = null;
  });
  return () => {
    unsubscribe();
    return servingMs;
  };
}

/** Gathers what is raised from now on, as text: code, member and seconds until it first showed. */
export function collectFindings(watch: Watch, { pods }: Fabric): () => string {
  const from = Date.now();
  const seen = new Map<string, number>();
  const unsubscribe = watch.subscribe((sample) => {
    if (sample.kind !== 'report') return;
    for (const { code, severity } of sample.report.findings) {
      const key = `${code} (${severity}) at ${pods[sample.pod]?.name}`;
      if (!seen.has(key)) seen.set(key, sample.at - from);
    }
  });
  return () => {
    unsubscribe();
    return [...seen].map(([key, atMs]) => `${key} after ${(atMs / 1000).toFixed(1)} s`).join(', ');
  };
}

function raises({ report }: PodState, code: string): boolean {
  return report?.findings.some((finding) => finding.code === code) ?? false;
}

function toSeconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}
