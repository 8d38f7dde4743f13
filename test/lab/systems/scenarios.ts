import assert from 'node:assert/strict';
import { sourcesAgree } from '../both-sources.ts';
import type { Cut } from '../fabric.ts';
import { record } from '../results.ts';
import { collectFindings } from '../scenario.ts';
import type { PodState } from '../watch.ts';
import { type SystemEnsemble, type SystemMember, whole } from './system.ts';

/** A member that does not lead, so that its loss costs the others nothing. */
export function notLeading({ watch }: SystemEnsemble): number {
  return watch.states.findIndex(({ report }) => report?.role !== 'leader');
}

/** Which survivors of a cut must name it: where links are a star, the leader alone has one to the lost. */
export type Tellers = 'every' | 'some';

export interface Bounds {
  /** How soon the subject must refuse readiness; null: measured only. */
  readonly notReadyWithinMs: number | null;
  /** How long the fault is watched, by the subject and by the others. */
  readonly patienceMs: number;
  /** How long the others must stay ready; by default for as long as the fault is watched. */
  readonly othersReadyMs?: number;
}

const RECOVERY_MS = 90_000;
/** What the survivors of a cut say first as a rule, and what when their server has given up. */
const FIRST = ['stalled-link'];
const THEN = ['peer-connecting', 'peer-missing'];

/** All packets of one member vanish. The others must stay ready and name the stall, then the gap. */
export async function memberCut(
  ensemble: SystemEnsemble,
  index: number,
  bounds: Bounds,
  tellers: Tellers = 'every',
): Promise<void> {
  await whole(ensemble);
  const { fabric } = ensemble;
  const subject = memberAt(ensemble, index);
  const others = ensemble.members.filter((member) => member !== subject);
  const survived = staysReady(ensemble, others, bounds.othersReadyMs ?? bounds.patienceMs);
  const first = others.map(({ pod }) => finds(ensemble, pod.index, FIRST, bounds.patienceMs));
  const then = others.map(({ pod }) => finds(ensemble, pod.index, THEN, bounds.patienceMs));
  let cut: Cut | undefined;
  await observe(ensemble, 'cut off in silence', subject, bounds, {
    fault: async () => {
      cut = await fabric.cut(subject.pod);
    },
    repair: async () => cut?.heal(),
    during: async () => {
      await survived();
      const [stalledMs, goneMs] = [await Promise.all(first), await Promise.all(then)];
      const told = others.filter((_, at) => stalledMs[at] !== null && goneMs[at] !== null);
      const needed = tellers === 'every' ? others.length : 1;
      assert.ok(told.length >= needed, `${told.length} survivors name the stall and what follows`);
      return { name: 'stalled-link', seconds: Math.max(...stalledMs.map((ms) => ms ?? 0)) / 1000 };
    },
  });
}

/** The same cut, watched only until the subject's probe tells, by what the other probes do not answer. */
export async function memberCutAsked(
  ensemble: SystemEnsemble,
  index: number,
  bounds: Bounds,
): Promise<void> {
  await whole(ensemble);
  const subject = memberAt(ensemble, index);
  const told = finds(ensemble, index, ['isolated'], bounds.patienceMs);
  let cut: Cut | undefined;
  await observe(ensemble, 'cut off, probes ask each other', subject, bounds, {
    fault: async () => {
      cut = await ensemble.fabric.cut(subject.pod);
    },
    repair: async () => cut?.heal(),
    during: async () => {
      const ms = await told;
      assert.ok(ms !== null, 'the cut is not told');
      return { name: 'isolated', seconds: ms / 1000 };
    },
  });
}

export async function memberKilled(
  ensemble: SystemEnsemble,
  index: number,
  bounds: Bounds,
): Promise<void> {
  await whole(ensemble);
  const subject = memberAt(ensemble, index);
  const others = ensemble.members.filter((member) => member !== subject);
  const survived = staysReady(ensemble, others, bounds.patienceMs);
  await observe(ensemble, 'killed, restarted', subject, bounds, {
    fault: () => subject.server.stop('SIGKILL'),
    repair: () => subject.server.start(),
    during: async () => {
      await survived();
      return null;
    },
  });
}

/** A process that stands still holds its connections: only its peers' patience ends them. */
export async function memberHung(
  ensemble: SystemEnsemble,
  index: number,
  bounds: Bounds,
  resume = async ({ server }: SystemMember): Promise<void> => server.signal('SIGCONT'),
): Promise<void> {
  await whole(ensemble);
  const subject = memberAt(ensemble, index);
  const told = finds(ensemble, index, ['unread-bytes', 'accept-queue-backlog'], bounds.patienceMs);
  await observe(ensemble, 'hung (SIGSTOP), resumed', subject, bounds, {
    fault: async () => subject.server.signal('SIGSTOP'),
    repair: () => resume(subject),
    during: async () => {
      const ms = await told;
      assert.ok(ms !== null, 'the hang is not told');
      return { name: 'unread-bytes or backlog', seconds: ms / 1000 };
    },
  });
}

interface Play {
  readonly fault: () => Promise<unknown>;
  readonly repair: () => Promise<unknown>;
  /** Awaited before the repair; gives the finding for the table. */
  readonly during: () => Promise<{ readonly name: string; readonly seconds: number } | null>;
}

export async function observe(
  ensemble: SystemEnsemble,
  scenario: string,
  { pod }: SystemMember,
  { notReadyWithinMs, patienceMs }: Bounds,
  { fault, repair, during }: Play,
): Promise<void> {
  const { watch, word, system, fabric } = ensemble;
  const refused = watch.when(pod.index, patienceMs, ({ readyz }) => readyz === 503);
  const noticed = word.when(pod.index, patienceMs, false);
  const raised = collectFindings(watch, fabric);
  await fault();
  const seen = Promise.all([refused, noticed, during()]);
  // What fails to show is told after the repair: the next scenario needs a whole ensemble.
  await seen.catch(() => {});
  const difference = await sourcesAgree(watch, fabric, `${system.label}, ${scenario}`).catch(
    String,
  );
  console.log(`${system.label}, ${scenario}: findings ${raised() || 'none'}`);
  const served = word.when(pod.index, RECOVERY_MS, true);
  const ready = watch.when(pod.index, RECOVERY_MS, ({ readyz }) => readyz === 200);
  await repair();
  const [servedMs, readyMs] = await Promise.all([served, ready]);
  const [notReadyMs, noticedMs, finding] = await seen;
  record({
    network: system.label,
    scenario,
    notReady: toSeconds(notReadyMs),
    finding,
    metric: null,
    zookeeper: toSeconds(noticedMs),
    servingAgain: toSeconds(servedMs),
    readyAgain: toSeconds(readyMs),
  });
  if (notReadyWithinMs !== null) {
    assert.ok(
      notReadyMs !== null && notReadyMs <= notReadyWithinMs,
      `not ready after ${notReadyMs} ms, bound ${notReadyWithinMs} ms`,
    );
  }
  await whole(ensemble);
  assert.equal(difference, undefined);
}

/** Watches from now on that members keep their readiness; what it gives waits, and asserts that they did. */
export function staysReady(
  { watch }: SystemEnsemble,
  members: readonly SystemMember[],
  withinMs: number,
): () => Promise<void> {
  const lost = members.map(({ pod }) =>
    watch.when(pod.index, withinMs, ({ readyz }) => readyz === 503),
  );
  return async () => {
    for (const [at, lostMs] of (await Promise.all(lost)).entries()) {
      assert.equal(lostMs, null, `${members[at]?.pod.name} must stay ready`);
    }
  };
}

function finds(
  { watch }: SystemEnsemble,
  pod: number,
  codes: readonly string[],
  withinMs: number,
): Promise<number | null> {
  return watch.when(pod, withinMs, (state) => raises(state, codes));
}

export function raises({ report }: PodState, codes: readonly string[]): boolean {
  return report?.findings.some(({ code }) => codes.includes(code)) ?? false;
}

export function memberAt({ members }: SystemEnsemble, index: number): SystemMember {
  return members[index] ?? assert.fail(`no member ${index}`);
}

function toSeconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}
