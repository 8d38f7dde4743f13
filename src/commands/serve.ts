import { type Agent, createAgent } from '../agent/agent.ts';
import { checkNames } from '../assess/checks.ts';
import { namesToLookUp } from '../assess/members.ts';
import { type InterfaceWatch, watchInterfaces } from '../evidence/interfaces.ts';
import { watchMembersFile } from '../evidence/members-file.ts';
import { lookupName, watchNames } from '../evidence/names.ts';
import { createApp } from '../http/app.ts';
import { type HttpServer, listen } from '../http/server.ts';
import { summaryRouter } from '../http/summary.ts';
import type { Ensemble, ServeCommand } from '../model/settings.ts';
import { assertReadable } from '../proc/read.ts';
import { packageVersion } from '../version.ts';
import { createLogger, onceAChange } from './log.ts';
import { logTransitions } from './log-transitions.ts';

/** How long answers under way may take once the agent is told to stop. */
const DRAIN_MS = 5_000;
/** How often the members' names and file are looked after; each has its own pace beyond that. */
const EVIDENCE_MS = 1_000;

export interface ServeIo {
  readonly error: (text: string) => void;
}

/** Runs the agent until SIGTERM or SIGINT. Resolves to 0 when it was stopped, 2 when it could not start. */
export async function serve(command: ServeCommand, io: ServeIo): Promise<number> {
  const log = createLogger(command.logLevel);
  const clock = (): number => performance.now();
  const interfaces = watchInterfaces(command.procRoot);
  let server: HttpServer | null = null;
  let members: { ensemble(): Ensemble; poll(): void };
  let agent: Agent;
  let urgent = false;
  const trouble = onceAChange(log);
  const names = watchNames({
    lookup: lookupName,
    clock,
    onFailure: (name, reason) => {
      agent.countError('names-failed');
      trouble(`name ${name}`, reason);
    },
  });
  try {
    assertReadable(command.procRoot);
    members = membersOf(command, (reason) => {
      agent.countError('members-file-unreadable');
      trouble('members file', reason);
    });
    agent = createAgent(command.judge, command.scan, {
      procRoot: command.procRoot,
      clock,
      wallClock: () => new Date(),
      cpuMs: () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      ownConnections: () =>
        server?.connections() ?? { accepted: 0, open: 0, lastActivityAtMs: null },
      ensemble: () => members.ensemble(),
      names: names.answers,
      refreshNames: () => {
        urgent = true;
      },
      podAddresses: () => command.podAddresses ?? interfaces.addresses(),
      interfaces: interfaces.interfaces,
      schedule: (work, afterMs) => void setTimeout(work, afterMs),
    });
    const { ports } = command.judge.profile;
    const app = createApp(agent, {
      watched: {
        ports: ports.flatMap(({ role, ports: own }) => own.map((port) => ({ port, role }))),
        checks: checkNames(command.judge.profile),
        get peers() {
          return agent.report().peers.map(({ name }) => name);
        },
      },
      build: { version: packageVersion(), node: process.version },
      page: summaryRouter(agent),
      onError: (error) => log.error({ err: error }, 'a request failed by a fault of the probe'),
    });
    server = await listen(app, {
      ...command.listen,
      nowMs: clock,
      onError: (error) => trouble('listener', error.message),
    });
  } catch (error) {
    io.error(`quorum-probe: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  log.info(
    { port: server.port, profile: command.judge.profile.name, member: command.judge.podName },
    'watching',
  );
  logTransitions(agent, log);
  const stopped = untilStopped();
  await agent.start();
  const evidence = setInterval(() => {
    members.poll();
    const waiting = !agent.report().ready;
    void names.poll(namesToLookUp(members.ensemble()), waiting, urgent);
    urgent = false;
    describeInterfaces(interfaces, agent, trouble);
  }, EVIDENCE_MS);
  const signal = await stopped;
  log.info({ signal }, 'stopping');
  agent.stop();
  clearInterval(evidence);
  await server.stop(DRAIN_MS);
  return 0;
}

function membersOf(
  { membersFile, judge }: ServeCommand,
  onTrouble: (reason: string) => void,
): { ensemble(): Ensemble; poll(): void } {
  return membersFile === null
    ? { ensemble: () => judge.ensemble, poll: () => {} }
    : watchMembersFile(membersFile, judge.podName, onTrouble);
}

function describeInterfaces(
  interfaces: InterfaceWatch,
  agent: Agent,
  trouble: (what: string, reason: string) => void,
): void {
  interfaces.describe().catch((error: unknown) => {
    agent.countError('interfaces-unreadable');
    trouble('interfaces', error instanceof Error ? error.message : String(error));
  });
}

/** The first stop signal; a second one ends the process at once, as if it had no handler. */
function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      resolve(signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
