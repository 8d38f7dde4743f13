import { type Agent, createAgent } from '../agent/agent.ts';
import { keepChronicle } from '../agent/chronicle.ts';
import { createTotals, type TotalsKeeper } from '../agent/totals.ts';
import { OPTIONS } from '../config/options.ts';
import { untilRested } from '../evidence/members-file.ts';
import type { SocketSource } from '../kernel/source.ts';
import type { JudgeSettings, ServeCommand } from '../model/settings.ts';
import { readKernel } from '../proc/kernel-name.ts';
import { createMeter, PROCESS_CLOCKS } from '../proc/meter.ts';
import { assertReadable } from '../proc/read.ts';
import { readTcpRetries } from '../proc/tcp-retries.ts';
import { withFilePorts } from './file-ports.ts';
import { type Listeners, openListeners } from './listeners.ts';
import { type AgentLog, createLog, type Log, onceAChange } from './log.ts';
import { logTransitions } from './log-transitions.ts';
import { outputsOf } from './outputs.ts';
import { openSource } from './socket-source.ts';
import { whenStopped } from './stopping.ts';
import { stopRequestsOf } from './stops.ts';
import { type WatchedSurroundings, watchSurroundings } from './surroundings.ts';
import { openWebAccess, type WebAccess } from './web-access.ts';

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

/** What the parts of a running agent share. */
interface Setting {
  readonly command: ServeCommand;
  readonly log: Log;
  readonly totals: TotalsKeeper;
  /** Is told of a trouble, and logs it once a change. */
  readonly trouble: (what: string, reason: string) => void;
  readonly onFault: (error: unknown) => void;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
}

async function start(given: ServeCommand, { log, linesDropped }: AgentLog): Promise<Running> {
  const command = await withRestedFile(given);
  const trouble = onceAChange(log);
  const setting: Setting = {
    ...{ command, log, trouble },
    totals: createTotals(command.judge.profile),
    onFault: (error) =>
      trouble('judging', error instanceof Error ? (error.stack ?? error.message) : String(error)),
    clock: () => performance.now(),
  };
  assertReadable(command.procRoot);
  const { clock } = setting;
  const sockets = await openSockets(setting);
  const surroundings = await openSurroundings(setting);
  const access = await openAccess(setting);
  const listeners = await openListeners(command, {
    nowMs: clock,
    door: access.door,
    onError: (error) => trouble('listener', error.message),
  });
  const agent = await agentOf(setting, sockets, surroundings, listeners);
  const chronicle = keepChronicle(agent, clock);
  logTransitions(chronicle, agent.report, log, {
    clock,
    schedule: (work, afterMs) => void setTimeout(work, afterMs).unref(),
  });
  const stops = stopRequestsOf(agent, surroundings, clock);
  const stopped = whenStopped();
  listeners.serve(
    outputsOf({
      ...{ agent, chronicle, surroundings, stops, profile: command.judge.profile },
      authenticate: access.authenticate,
      ...{ runbookUrl: command.runbookUrl, probePort: listeners.port },
      onStop: stopped.onStop,
      logLinesDropped: linesDropped,
      onError: (error) =>
        log.error({ err: error }, 'a request failed because of a fault in the probe'),
    }),
  );
  sayWatching(log, listeners, command.judge);
  surroundings.start();
  await agent.start();
  surroundings.startAsking(listeners.port);

  return {
    async stop(signal) {
      log.info({ signal }, 'stopping');
      stops.stop();
      agent.stop();
      surroundings.stop();
      access.stop();
      await new Promise((resolve) => setTimeout(resolve, LAME_MS));
      stopped.tell();
      await listeners.stop(DRAIN_MS);
    },
  };
}

function openSockets({ command, log, totals, trouble, clock }: Setting): Promise<SocketSource> {
  return openSource(command.socketSource, command.procRoot, {
    clock,
    onTrouble(error, reason) {
      totals.failed(error);
      trouble('netlink', reason);
    },
    onChange: (source, reason) => log.info({ source, reason }, 'socket source'),
  });
}

function openSurroundings(setting: Setting): Promise<WatchedSurroundings> {
  const { command, totals, trouble, onFault, clock } = setting;
  return watchSurroundings(command, {
    clock,
    onTrouble(error, what, reason) {
      totals.failed(error);
      trouble(what, reason);
    },
    onFault,
    onFailedConnects: totals.connectsFailed,
  });
}

function openAccess({ command, log, totals, trouble }: Setting): Promise<WebAccess> {
  return openWebAccess(command, {
    onTrouble(reason) {
      totals.failed('web-config-unreadable');
      trouble('web configuration', reason);
    },
    onChange: () => log.info({}, 'web configuration read again'),
    onError: (error) => log.error({ err: error }, 'a password could not be checked'),
  });
}

async function agentOf(
  { command: { procRoot, judge, scan }, totals, onFault, clock }: Setting,
  sockets: SocketSource,
  surroundings: WatchedSurroundings,
  listeners: Listeners,
): Promise<Agent> {
  return createAgent(judge, scan, {
    ...{ procRoot, sockets, clock, surroundings, totals, onFault },
    isLiveProc: procRoot === OPTIONS.proc.default,
    kernel: await readKernel(procRoot),
    tcpRetries: await readTcpRetries(procRoot),
    wallClock: () => new Date(),
    meter: () => createMeter(PROCESS_CLOCKS),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    ownConnections: listeners.connections,
    schedule: (work, afterMs) => void setTimeout(work, afterMs),
  });
}

function sayWatching(log: Log, { port, healthPort }: Listeners, judge: JudgeSettings): void {
  const { profile, podName: member, service } = judge;
  const name = service.from === 'none' ? null : service.name;
  const fields = { profile: profile.name, member, service: name, serviceFrom: service.from };
  log.info({ port, healthPort: healthPort ?? undefined, ...fields }, 'watching');
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
