import assert from 'node:assert/strict';
import type { Cut } from '../fabric.ts';
import { memberAt, observe, raises, staysReady } from './scenarios.ts';
import { type SystemEnsemble, whole } from './system.ts';

/** Links that come and go in health: every member sees them end, and none is called anything but healthy. */
export async function quietInHealth(
  ensemble: SystemEnsemble,
  role: string,
  forMs: number,
): Promise<void> {
  await whole(ensemble);
  const { watch, fabric } = ensemble;
  const disturbed = fabric.pods.map(({ index }) =>
    watch.when(
      index,
      forMs,
      ({ readyz, report }) => readyz === 503 || (report !== null && report.verdict !== 'healthy'),
    ),
  );
  const ended = fabric.pods.map(({ index }) =>
    watch.when(index, forMs, ({ report }) =>
      Boolean(
        report?.ports.some((port) => port.role === role && (port.states['time_wait'] ?? 0) > 0),
      ),
    ),
  );
  assert.deepEqual(
    await Promise.all(disturbed),
    fabric.pods.map(() => null),
    'every member stays ready and healthy',
  );
  const saw = (await Promise.all(ended)).filter((ms) => ms !== null);
  assert.ok(saw.length > 0, `links on the ${role} port came and went`);
}

/**
 * All packets of one member vanish. Nothing tells a member whether it or the one that it speaks to is cut
 * off: all stay ready. `tellers`, if they try to reach somebody in vain, are degraded and say whom; whether
 * they try is theirs to decide, so that it is measured and not asserted.
 */
export async function memberCutUndecided(
  ensemble: SystemEnsemble,
  index: number,
  { tellers, patienceMs }: { readonly tellers: readonly number[]; readonly patienceMs: number },
): Promise<void> {
  await whole(ensemble);
  const { watch, fabric } = ensemble;
  const subject = memberAt(ensemble, index);
  const stayed = staysReady(ensemble, ensemble.members, patienceMs);
  const told = tellers.map((teller) =>
    watch.when(
      teller,
      patienceMs,
      (state) => raises(state, ['peer-connecting']) && state.report?.verdict === 'degraded',
    ),
  );
  let cut: Cut | undefined;
  const bounds = { notReadyWithinMs: null, patienceMs };
  await observe(ensemble, 'cut off in silence', subject, bounds, {
    fault: async () => {
      cut = await fabric.cut(subject.pod);
    },
    repair: async () => cut?.heal(),
    during: async () => {
      const toldMs = (await Promise.all(told)).filter((ms) => ms !== null);
      await stayed();
      return toldMs.length === 0
        ? null
        : { name: 'peer-connecting', seconds: Math.max(...toldMs) / 1000 };
    },
  });
}
