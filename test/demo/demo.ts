/**
 * `npm run demo`: a stand-in ensemble on loopback addresses, the agent watching one learner of it,
 * and a leader that is lost and replaced, so that readiness is seen to change.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type Agent, startAgent } from './agent.ts';
import { type DemoOptions, HELP, parseOptions } from './options.ts';
import { findPlace, findPort, type Place } from './place.ts';
import { type StandIn, startStandIn, ZOOKEEPER_PORTS } from './stand-in.ts';
import { type Pace, type Stage, tellOnce } from './story.ts';

const SLOW: Pace = { healthyMs: 8_000, lookingMs: 6_000, recoveredMs: 4_000, settleMs: 3_000 };
const QUICK: Pace = { healthyMs: 300, lookingMs: 300, recoveredMs: 0, settleMs: 1_000 };

process.exitCode = await run(process.argv.slice(2));

/** Resolves to the exit code: 0 as asked for, 1 the agent did not follow, 2 the demo cannot run. */
async function run(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      process.stdout.write(`${HELP}\n`);
      return 0;
    }
    refuseWhereImpossible(options.program);
    return await play(options);
  } catch (error) {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function refuseWhereImpossible(program: string): void {
  if (process.platform !== 'linux') {
    throw new Error(
      `needs Linux, whose /proc/net/tcp the agent reads; this is ${process.platform}`,
    );
  }
  if (!existsSync(program)) {
    throw new Error(`there is no ${program}: run "npm ci" or "npm run build" first`);
  }
}

async function play(options: DemoOptions): Promise<number> {
  const pace = options.once ? QUICK : SLOW;
  const place = await placeFor(options);
  const standIn = await startStandIn(place);
  const agent = startAgent({
    program: options.program,
    addresses: place.addresses,
    ports: place.ports,
    listen: `127.0.0.1:${await findPort(options.listenPort)}`,
    settleMs: pace.settleMs,
  });
  const stop = new AbortController();
  const stopped = once(stop.signal, 'abort');
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

  introduce(standIn, agent);
  const stage = { standIn, agent, pace, say: speaker(), signal: stop.signal };
  try {
    return await Promise.race([
      tell(stage, options.once),
      stopped.then(() => (options.once ? 1 : 0)),
      agent.exited.then((code) => {
        if (!stop.signal.aborted) stage.say(`the agent ended, exit code ${code ?? 'none'}`);
        return 1;
      }),
    ]);
  } finally {
    stop.abort();
    await agent.stop();
    await standIn.close();
  }
}

function placeFor(options: DemoOptions): Promise<Place> {
  if (options.ports === null) return findPlace(ZOOKEEPER_PORTS, 'replace');
  return findPlace(options.ports, 'refuse');
}

/** Resolves to the exit code once told, or as soon as the agent does not follow. */
async function tell(stage: Stage, justOnce: boolean): Promise<number> {
  let followed: boolean;
  do followed = await tellOnce(stage);
  while (followed && !justOnce);
  return followed ? 0 : 1;
}

function introduce(standIn: StandIn, agent: Agent): void {
  const { client, quorum, election } = standIn.ports;
  const rows = standIn.members.map((member) => {
    const role = member === standIn.leader() ? 'leader ' : 'learner';
    const note = member === standIn.watched ? '  <- the agent watches this one' : '';
    return `  ${member.name}  ${member.address.padEnd(15)}  ${role}${note}`;
  });
  const lines = [
    'Three stand-in members with real sockets where ZooKeeper has them:',
    ...rows,
    `  ports: client ${client}, quorum ${quorum}, election ${election}`,
    '',
    `Open ${agent.url} in a browser and watch it change. Ctrl-C stops.`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Writes lines with the seconds since now before them. */
function speaker(): (line: string) => void {
  const startedAt = performance.now();
  return (line) => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
  };
}
