/**
 * `npm run bench`: what the agent costs, in network namespaces of the bench's own, as Markdown. Needs
 * root. Says what it could not run.
 */
import { existsSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { BUILT_PROGRAM } from '../demo/agent.ts';
import { skipWithout } from '../tools.ts';
import { openCrowd } from './crowd.ts';
import { benchFleet } from './fleet.ts';
import { openIdlePods } from './idle.ts';
import { benchJudge } from './judge.ts';
import { benchMemory } from './memory.ts';
import { whyNoMemoryCgroup } from './memory-cgroup.ts';
import { whyNoNamespaces } from './network.ts';
import { measuredMajors, type NodeRelease, nodeRelease } from './node-release.ts';
import { benchPage } from './page.ts';
import { benchScan } from './scan.ts';
import { measureTicks, tickTable } from './tick.ts';

const PARTS = ['scan', 'tick', 'judge', 'idle', 'page', 'memory', 'fleet'] as const;
const NEIGHBOUR_SOCKETS = 100_000;
const NEIGHBOUR = 'neighbour of 100,000 sockets';
const FULL = {
  scan: [
    { sockets: 1_000, rounds: 21 },
    { sockets: 10_000, rounds: 11 },
    { sockets: NEIGHBOUR_SOCKETS, rounds: 9 },
  ],
  tickRounds: 21,
  judge: { rounds: 9, every: 1 },
  idleMs: 60_000,
  pageMs: 30_000,
  memory: { scrapes: 6_000, readersSeconds: 60 },
  fleet: [
    { pods: 1_000, intervalSeconds: 15, isKeepList: false, rounds: 6 },
    { pods: 5_000, intervalSeconds: 60, isKeepList: true, rounds: 4 },
  ],
};
const QUICK: typeof FULL = {
  scan: FULL.scan.map(({ sockets }) => ({ sockets, rounds: 3 })),
  tickRounds: 5,
  judge: { rounds: 3, every: 5 },
  idleMs: 15_000,
  pageMs: 5_000,
  memory: { scrapes: 600, readersSeconds: 10 },
  fleet: FULL.fleet.map(({ isKeepList }) => ({
    ...{ pods: 100, intervalSeconds: 2, isKeepList, rounds: 4 },
  })),
};
/** V8 tidies up after the start, and the agent learns what a scan costs. */
const WARM_UP_MS = 15_000;

const HELP = `npm run bench -- [--only scan,tick,judge,idle,page,memory,fleet] [--against MAIN] [--quick]
  --only LIST     some parts only
  --against MAIN  another build's dist/main.js, whose memory is measured beside this one's
  --quick         fewer rounds: shows that it works, its figures are not to be quoted`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    quick: { type: 'boolean', default: false },
    against: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));

if (values.help) {
  process.stdout.write(`${HELP}\n`);
} else {
  const parts = new Set(values.only.split(','));
  const obstacle = whyNot(parts);
  if (obstacle === null) await bench(parts, values.quick ? QUICK : FULL);
  else process.stderr.write(`bench: ${obstacle}\n`);
  process.exitCode = obstacle === null ? 0 : 2;
}

function whyNot(parts: ReadonlySet<string>): string | null {
  const unknown = [...parts].filter((part) => !PARTS.some((known) => known === part));
  if (unknown.length > 0) return `no part "${unknown.join(',')}"; there are ${PARTS.join(', ')}`;
  if (!existsSync(BUILT_PROGRAM)) return `there is no ${BUILT_PROGRAM}: run "npm run build" first`;
  return whyNoNamespaces() ?? (parts.has('memory') ? whyNoMemoryCgroup() : null);
}

/** Quiet idling is measured before the crowd is there, the neighbour's after the scans filled it. */
async function bench(parts: ReadonlySet<string>, plan: typeof FULL): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const model = cpus()[0]?.model ?? 'unknown';
  say(`Node ${process.versions.node}, Linux ${release()}, ${cpus().length} × ${model}`);
  try {
    const idle = parts.has('idle') ? await openIdlePods() : null;
    if (idle !== null) undo.push(idle.close);
    await idle?.measure('quiet host', WARM_UP_MS, plan.idleMs);
    const ticks = parts.has('tick') ? [await measureTicks('quiet host', plan.tickRounds)] : [];
    if (idle !== null || parts.has('scan') || parts.has('tick')) {
      const crowd = await openCrowd();
      undo.push(crowd.close);
      if (parts.has('scan')) say(`### A full scan\n\n${await benchScan(crowd, plan.scan)}`);
      await crowd.growTo(NEIGHBOUR_SOCKETS);
    }
    if (parts.has('tick')) {
      ticks.push(await measureTicks(NEIGHBOUR, plan.tickRounds));
      say(`### A tick\n\n${tickTable(ticks)}`);
    }
    await idle?.measure(NEIGHBOUR, WARM_UP_MS, plan.idleMs);
    if (idle !== null) say(`### Idle, probed each 5 s\n\n${idle.result()}`);
  } finally {
    for (const step of undo.reverse()) await step();
  }
  if (parts.has('judge')) {
    const { rounds, every } = plan.judge;
    say(`### Judging a full table\n\n${await benchJudge(rounds, every)}`);
  }
  if (parts.has('page')) {
    say(`### Status page\n\n${await benchPage(WARM_UP_MS, plan.pageMs)}`);
  }
  if (parts.has('memory')) {
    const memory = await benchMemory(await releases(), plan.memory, values.against ?? null);
    say(`### Memory\n\n${memory}`);
  }
  if (parts.has('fleet')) {
    const missing = skipWithout('prometheus');
    say(`### A fleet in Prometheus\n\n${missing || (await benchFleet(plan.fleet))}`);
  }
}

async function releases(): Promise<NodeRelease[]> {
  const found: NodeRelease[] = [];
  for (const major of measuredMajors()) {
    try {
      found.push(await nodeRelease(major));
    } catch {
      say(`Not run on Node ${major}: npm could not fetch it.`);
    }
  }
  return found;
}

function say(text: string): void {
  process.stdout.write(`${text}\n\n`);
}
