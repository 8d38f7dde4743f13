import { createAgent } from '../agent/agent.ts';
import type { Asking } from '../agent/asking.ts';
import { keepChronicle } from '../agent/chronicle.ts';
import { checkNames } from '../assess/checks.ts';
import { OPTIONS } from '../config/options.ts';
import { watchInterfaces } from '../evidence/interfaces.ts';
import { untilRested } from '../evidence/members-file.ts';
import { createApp, createHealthApp } from '../http/app.ts';
import { evidenceRouter } from '../http/evidence-api.ts';
import { ensembleOf, pageView } from '../http/page/view.ts';
import { NOTHING_ASKED } from '../model/asked.ts';
import type { Report } from '../model/report.ts';
import type { ServeCommand } from '../model/settings.ts';
import { createMeter, PROCESS_CLOCKS } from '../proc/meter.ts';
import { assertReadable } from '../proc/read.ts';
import { packageVersion } from '../version.ts';
import { askAsTold, otherMembers } from './ask.ts';
import { withFilePorts } from './file-ports.ts';
import { lazily } from './lazy-page.ts';
import { type Listeners, NO_CONNECTIONS, openListeners } from './listeners.ts';
import { type AgentLog, createLog, onceAChange } from './log.ts';
import { logTransitions } from './log-transitions.ts';
import { whenStopped } from './stopping.ts';
import { keepUp } from './upkeep.ts';

/** How long `/readyz` says no before the listener closes, so that who asks learns it. */
const LAME_MS = 1_000;
/** How long answers under way may take after that. */
const DRAIN_MS = 5_000;
/** How long the last lines of the log may take. */
const LAST_LINES_MS = 500;

export interface ServeIo {
  readonly error: (text: string) => void;
  /** Takes stop signals over; resolves to the first. */
  readonly stopSignal: () => Promise<string>;
}

interface Running {
  /** Refuses readiness, ends what is under way and stops. */
  stop(signal: string): Promise<void>;
}

/** Runs the agent until SIGTERM or SIGINT. Resolves to 0 when it was stopped, 2 when it could not start. */
export async function serve(command: ServeCommand, io: ServeIo): Promise<number> {
  const signalled = io.stopSignal();
  const log = createLog(command.logLevel);
  try {
    // Nothing is to be drained yet where the signal comes before the first scan is done.
    const running = await Promise.race([start(command, log), signalled]);
    if (typeof running !== 'string') await running.stop(await signalled);
    return 0;
  } catch (error) {
    io.error(`quorum-probe: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  } finally {
    await log.flush(LAST_LINES_MS);
  }
}

async function start(given: ServeCommand, { log, linesDropped }: AgentLog): Promise<Running> {
  const command = await withRestedFile(given);
  const { judge } = command;
  const trouble = onceAChange(log);
  const clock = (): number => performance.now();
  const stopped = whenStopped();
  assertReadable(command.procRoot);

  const interfaces = watchInterfaces(command.procRoot);
  const podAddresses = () => command.podAddresses ?? interfaces.addresses();
  const upkeep = await keepUp(command, interfaces, clock, (error, what, reason) => {
    agent.countError(error);
    trouble(what, reason);
  });
  const onFault = (error: unknown): void =>
    trouble('judging', error instanceof Error ? (error.stack ?? error.message) : String(error));
  let listeners: Listeners | null = null;
  let asking: Asking | null = null;
  const agent = createAgent(judge, command.scan, {
    procRoot: command.procRoot,
    isLiveProc: command.procRoot === OPTIONS.proc.default,
    clock,
    wallClock: () => new Date(),
    meter: () => createMeter(PROCESS_CLOCKS),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    ownConnections: () => listeners?.connections() ?? NO_CONNECTIONS,
    ensemble: upkeep.ensemble,
    names: upkeep.names,
    refreshNames: upkeep.refreshNames,
    podAddresses,
    interfaces: interfaces.interfaces,
    asked: () => asking?.evidence() ?? NOTHING_ASKED,
    askedRevision: () => asking?.revision() ?? 0,
    onFault,
    schedule: (work, afterMs) => void setTimeout(work, afterMs),
  });
  const chronicle = keepChronicle(agent, clock);
  logTransitions(chronicle, agent.report, log);

  const asked = () => asking?.evidence() ?? NOTHING_ASKED;
  const page = pageView({
    view: agent,
    onReport: agent.onReport,
    onStop: stopped.onStop,
    profile: judge.profile,
    transitions: chronicle.transitions,
    asked,
    // The project has no address of its own to point to: the page names the runbook's section.
    runbookUrl: null,
  });
  const members = { ensemble: upkeep.ensemble, names: upkeep.names, podAddresses };
  const watched = {
    ports: judge.profile.ports.flatMap(({ role, ports }) => ports.map((port) => ({ port, role }))),
    checks: checkNames(judge.profile),
    get peers() {
      return otherMembers(judge.podName, members).map(({ name }) => name);
    },
  };
  const onError = (error: unknown): void =>
    log.error({ err: error }, 'a request failed by a fault of the probe');
  const app = createApp(agent, {
    watched,
    build: { version: packageVersion(), node: process.version },
    logLinesDropped: linesDropped,
    evidence: evidenceRouter({
      transitions: chronicle.transitions,
      onTransition: chronicle.onTransition,
      onStop: stopped.onStop,
      ensemble: () => ensembleOf({ view: agent, asked, profile: judge.profile }),
    }),
    page: lazily(async () => (await import('../http/page/router.ts')).pageRouter(page)),
    onError,
  });
  listeners = await openListeners(command, {
    app,
    healthApp: createHealthApp(agent, { watched, onError }),
    nowMs: clock,
    onError: (error) => trouble('listener', error.message),
  });
  const { port, healthPort } = listeners;
  asking = await askAsTold(command, clock, {
    ...members,
    probePort: port,
    behindProxy: () => agent.report().mesh.kind !== 'none',
    failuresMatter() {
      const { inQuorum, mesh } = agent.report();
      return agent.hasUnattributedLink() || (inQuorum === false && mesh.kind !== 'none');
    },
    onFault,
  });
  agent.onReport((report, previous) => {
    if (report.role !== previous.role) asking?.roleChanged();
  });
  const serviceFrom = judge.service.from;
  const service = judge.service.from === 'none' ? null : judge.service.name;
  const { profile, podName: member } = judge;
  const fields = { profile: profile.name, member, service, serviceFrom };
  log.info({ port, healthPort: healthPort ?? undefined, ...fields }, 'watching');
  upkeep.start(() => isWaiting(agent.report()));
  await agent.start();
  asking.start();

  return {
    async stop(signal) {
      log.info({ signal }, 'stopping');
      agent.stop();
      asking?.stop();
      upkeep.stop();
      await new Promise((resolve) => setTimeout(resolve, LAME_MS));
      stopped.tell();
      await listeners?.stop(DRAIN_MS);
    },
  };
}

/** The command with what its members file says, read when nobody writes it any more. */
async function withRestedFile(command: ServeCommand): Promise<ServeCommand> {
  if (command.membersFile === null) return command;
  await untilRested(command.membersFile, {
    wallMs: () => Date.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  return await withFilePorts(command);
}

/** Whether names are looked up often: who is ready by the bootstrap rule waits for its peers all the same. */
function isWaiting({ ready, inQuorum }: Report): boolean {
  return !ready || inQuorum !== true;
}
