/**
 * `npm run soak -- [--minutes 60] [--json FILE]`: one agent beside real ZooKeeper, on the image's Node with the
 * image's flags, in a memory cgroup with the container's limit, asked by everybody while its peers are killed
 * and restarted. Needs what the lab needs (root, ZooKeeper). Prints a table; exit 1 where memory or files
 * grow, a probe has no answer, or the agent ends.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freshNode } from '../bench/fresh-node.ts';
import { CONTAINER_LIMIT_MIB } from '../bench/memory.ts';
import { type MemoryCgroup, openMemoryCgroup, whyNoMemoryCgroup } from '../bench/memory-cgroup.ts';
import { imageMajor, nodeRelease } from '../bench/node-release.ts';
import { IMAGE_FLAGS } from '../image-flags.ts';
import { AGENT_PORT } from '../lab/agent.ts';
import { createEnsemble, type Ensemble, type Member, startTogether } from '../lab/ensemble.ts';
import { startInFabric } from '../lab/fabric-program.ts';
import { missing, NEEDS } from '../lab/requirements.ts';
import { settled } from '../lab/scenario.ts';
import { LIVE_HEAP } from '../load/worst-case.ts';
import { type ClientCounts, faultsOf, type SoakSample, soakMarkdown } from './record.ts';
import { takeSample } from './sample.ts';

const SAMPLES = 120;
const SHORTEST_INTERVAL_MS = 5_000;
const FAULT_EVERY_MS = 60_000;
const SHORTEST_FAULT_EVERY_MS = 30_000;
const DOWN_MS = 10_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, json: { type: 'string' } },
});

const obstacle = (await missing(NEEDS.ensemble)) || whyNoMemoryCgroup();
if (obstacle) {
  process.stderr.write(`soak: ${String(obstacle)}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await soak(Number(values.minutes) * 60_000, values.json);
}
process.exit();

async function soak(forMs: number, json: string | undefined): Promise<number> {
  const release = await nodeRelease(imageMajor());
  const node = await freshNode(release.path);
  // Where the agent's own user may read it, as the checkout perhaps may not.
  const preload = join(dirname(node.path), 'live-heap.mjs');
  copyFileSync(LIVE_HEAP, preload);
  const cgroup = openMemoryCgroup(CONTAINER_LIMIT_MIB);
  const ensemble = await createEnsemble({
    label: 'soak',
    size: 3,
    agentArguments: (pod, { pods }) => [
      ...['--members', pods.map(({ address }) => address).join(',')],
      ...['--pod-ip', pod.address, '--ask', 'srvr,peers'],
    ],
    agentRuntime: ({ index }) =>
      index === 0
        ? { node: node.path, nodeArguments: [`--import=${preload}`], within: cgroup.inside }
        : undefined,
  });
  try {
    await startTogether(ensemble);
    await settled(ensemble);
    // After each sample, so that a soak that is ended early has something to show.
    const keep = (soFar: Partial<Watched>): void => {
      const figures = { node: release.name, flags: IMAGE_FLAGS, ...soFar };
      if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 1)}\n`);
    };
    const watched = await watch({ ensemble, cgroup, forMs, keep });
    const { samples, counts, restarts } = watched;
    const faults = faultsOf(samples, counts);
    keep(watched);
    say(
      `${release.name}, \`${IMAGE_FLAGS.join(' ')}\`, a limit of ${CONTAINER_LIMIT_MIB} MiB, ${forMs / 60_000} minutes.`,
    );
    say(
      `${counts.probes} probes, the slowest answered in ${counts.slowestProbeMs.toFixed(0)} ms; ${counts.scrapes} scrapes; ${counts.answers} requests of other paths; ${counts.streams} streams; peers killed and restarted ${restarts} times.`,
    );
    say(soakMarkdown(samples));
    say(faults.length === 0 ? 'No fault.' : `Faults: ${faults.join('; ')}.`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await ensemble.stop();
    await cgroup.close();
    node.remove();
  }
}

interface Watch {
  readonly ensemble: Ensemble;
  readonly cgroup: MemoryCgroup;
  readonly forMs: number;
  /** Called after each sample with all there are. */
  readonly keep: (soFar: Partial<Watched>) => void;
}

interface Watched {
  readonly samples: readonly SoakSample[];
  readonly counts: ClientCounts;
  /** How often a peer was killed and started again. */
  readonly restarts: number;
}

async function watch({ ensemble, cgroup, forMs, keep }: Watch): Promise<Watched> {
  const [member, ...peers] = ensemble.members;
  const [pid] = cgroup.pids();
  if (member === undefined || pid === undefined) throw new Error('the agent did not start');
  let counts: ClientCounts | null = null;
  const origin = `http://${member.pod.address}:${AGENT_PORT}`;
  const clients = startInFabric(ensemble.fabric, '../soak/clients.ts', [origin], (line) => {
    counts = JSON.parse(line);
  });
  const startMs = performance.now();
  const faults = comeAndGo(peers, startMs + forMs);
  const intervalMs = Math.max(SHORTEST_INTERVAL_MS, forMs / SAMPLES);
  const samples: SoakSample[] = [];
  for (let next = startMs; next <= startMs + forMs; next += intervalMs) {
    await sleep(Math.max(0, next - performance.now()));
    samples.push(await takeSample({ member, cgroup, pid, startMs }));
    keep({ samples, ...(counts === null ? {} : { counts }) });
  }
  const restarts = await faults;
  await clients.stop();
  if (counts === null) throw new Error('the clients said nothing');
  return { samples, counts, restarts };
}

/** Kills one peer after the other, server and probe at once, and starts it again; one at a time, so that the quorum holds. */
async function comeAndGo(peers: readonly Member[], untilMs: number): Promise<number> {
  const everyMs = Math.max(
    SHORTEST_FAULT_EVERY_MS,
    Math.min(FAULT_EVERY_MS, (untilMs - performance.now()) / 4),
  );
  let restarts = 0;
  while (performance.now() + everyMs < untilMs) {
    await sleep(everyMs - DOWN_MS);
    const peer = peers[restarts % peers.length];
    if (peer === undefined) break;
    await Promise.all([peer.server.stop('SIGKILL'), peer.agent.stop('SIGKILL')]);
    await sleep(DOWN_MS);
    await Promise.all([peer.server.start(), peer.agent.start()]);
    restarts += 1;
  }
  return restarts;
}

function say(text: string): void {
  process.stdout.write(`${text}\n\n`);
}
