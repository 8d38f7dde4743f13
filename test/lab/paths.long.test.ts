import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, type Ensemble, type Member, startTogether } from './ensemble.ts';
import type { Fabric } from './fabric.ts';
import { startInFabric } from './fabric-program.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { run } from './run-command.ts';
import { byRole, collectFindings, settled } from './scenario.ts';
import { PORTS } from './zookeeper.ts';

const skip = await missing(NEEDS.ensemble);

const WRITERS = 3;
const LOST = 0.08;
const LOSSY_MS = 75_000;
/** Smaller than what the pods' interfaces carry. */
const TUNNEL_BYTES = 1_300;
const SWALLOWED_MS = 12_000;
const SLOW_MS = 60_000;
/** Loss is remembered for a minute. */
const QUIET_MS = 120_000;
/** How long a slow reader stands still, and how long it runs in between. */
const STANDS_MS = 450;
const RUNS_MS = 50;

describe('ways and peers that are half broken', { skip }, () => {
  let ensemble: Ensemble;

  before(async () => {
    ensemble = await createEnsemble({ label: 'paths', size: 3, prepare: smallBuffers });
    await startTogether(ensemble);
    await quiet(ensemble);
  });
  after(() => ensemble.stop());

  /** Breaks under load, and gives the seconds until `member` names it. */
  async function found(
    code: string,
    scenario: string,
    { at, bytes, withinMs, fault }: Breaking,
  ): Promise<void> {
    const writers = Array.from({ length: WRITERS }, () => writer(ensemble, bytes));
    const raised = collectFindings(ensemble.watch, ensemble.fabric);
    const shown = ensemble.watch.when(
      at.pod.index,
      withinMs,
      ({ report }) => report?.findings.some((finding) => finding.code === code) ?? false,
    );
    const heal = await fault();
    const shownMs = await shown;
    await heal();
    for (const one of writers) await one.stop();
    console.log(`${scenario}: findings ${raised() || 'none'}`);
    const seconds = shownMs === null ? null : shownMs / 1000;
    record({ ...nothingHappened('plain', scenario), finding: { name: code, seconds } });
    await quiet(ensemble);
    assert.notEqual(shownMs, null, `${code} is missing`);
  }

  it('names a way that loses packets', async () => {
    const { leader, followers } = byRole(ensemble);
    await found('lossy-link', `${LOST * 100} % of the packets to a follower lost`, {
      ...{ at: leader, bytes: 4_000, withinMs: LOSSY_MS },
      fault: async () => {
        const cut = await ensemble.fabric.lose(leader.pod, followers[0].pod, LOST);
        return () => cut.heal();
      },
    });
  });

  it('names a way that swallows full-size packets', async () => {
    const { leader, followers } = byRole(ensemble);
    await found('mtu-black-hole', `packets above ${TUNNEL_BYTES} bytes to a follower dropped`, {
      ...{ at: leader, bytes: 20_000, withinMs: SWALLOWED_MS },
      fault: async () => {
        const cut = await ensemble.fabric.swallow(leader.pod, followers[0].pod, TUNNEL_BYTES);
        return () => cut.heal();
      },
    });
  });

  it('names a follower that reads too slowly', async () => {
    const { leader, followers } = byRole(ensemble);
    await found('slow-peer', 'a follower stands still for nine tenths of the time', {
      ...{ at: leader, bytes: 20_000, withinMs: SLOW_MS },
      fault: async () => slowed(followers[0]),
    });
  });
});

/** A reader that is slow shows by little data where its kernel takes little in advance. */
async function smallBuffers({ pods }: Fabric): Promise<void> {
  for (const { namespace } of pods) {
    await run(
      'ip',
      ['netns', 'exec', namespace, 'tee', '/proc/sys/net/ipv4/tcp_rmem'],
      '4096 16384 32768',
    );
  }
}

/** Waits until all is well, and what was found before is forgotten. */
async function quiet(ensemble: Ensemble): Promise<void> {
  await settled(ensemble);
  await ensemble.watch.until('nothing is found any more', QUIET_MS, (states) =>
    states.every(({ report }) =>
      (report?.findings ?? []).every(({ severity }) => severity === 'info'),
    ),
  );
}

interface Breaking {
  readonly at: Member;
  /** How much each write carries. */
  readonly bytes: number;
  readonly withinMs: number;
  /** Gives the way to heal it. */
  readonly fault: () => Promise<() => Promise<void>>;
}

function writer(ensemble: Ensemble, bytes: number): ReturnType<typeof startInFabric> {
  // The leader's own clients do not wait for the follower that is broken.
  const { leader } = byRole(ensemble);
  const args = [String(PORTS.client), leader.pod.address, `--bytes=${bytes}`];
  return startInFabric(ensemble.fabric, './writer.ts', args, () => {});
}

/** Stops and resumes a server by turns; gives the way to let it run. */
function slowed({ server }: Member): () => Promise<void> {
  let isOver = false;
  const turns = (async () => {
    while (!isOver) {
      server.signal('SIGSTOP');
      await sleep(STANDS_MS);
      server.signal('SIGCONT');
      await sleep(RUNS_MS);
    }
  })();
  return async () => {
    isOver = true;
    await turns;
  };
}
