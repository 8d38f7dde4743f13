import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/model/report.ts';
import { AGENT_PORT } from './agent.ts';
import type { Fabric } from './fabric.ts';
import type { Running } from './processes.ts';
import type { PodState, Watch } from './watch.ts';

/**
 * Whether a second agent runs beside each member's, which reads /proc alone while the first uses netlink alone:
 * `--both-sources`.
 */
export const BOTH_SOURCES = process.env['QUORUM_LAB_BOTH_SOURCES'] === 'yes';

/** Where the second one listens. */
export const SECOND_PORT = AGENT_PORT + 1;

const BY_NETLINK = ['--socket-source=netlink'];
const BY_PROC = ['--socket-source=proc', `--listen=${SECOND_PORT}`];

/** Starts a member's agent, or both, by `begin`, which takes what is to be added to the arguments. */
export function startAgents(begin: (added: readonly string[], name: string) => Running): Running {
  if (!BOTH_SOURCES) return begin([], 'agent');
  const both = [begin(BY_NETLINK, 'agent'), begin(BY_PROC, 'agent-by-proc')] as const;
  return {
    pid: both[0].pid,
    ended: both[0].ended,
    signal: (name) => both.forEach((one) => void one.signal(name)),
    async stop(name) {
      await Promise.all(both.map((one) => one.stop(name)));
    },
  };
}

/** How long the slower way, which reads the table each 5 to 15 s, may take to come to the same. */
const AGREE_MS = 40_000;
const POLL_MS = 250;
/** How many times in a row both must answer the same. */
const AT_REST = 8;

/** What netlink alone can know, and how often something came and went, which depends on how often one looks. */
const NOT_COMPARED = new Set([
  ...['silent-peer', 'lossy-link', 'slow-peer', 'mtu-black-hole'],
  'connection-churn',
]);

/** Waits until both agents of every member answer the same and go on doing so; fails with the difference. */
export async function sourcesAgree(
  { states }: Pick<Watch, 'states'>,
  { pods }: Pick<Fabric, 'pods'>,
  at: string,
): Promise<void> {
  if (!BOTH_SOURCES) return;
  const until = Date.now() + AGREE_MS;
  for (let same = 0; same < AT_REST; ) {
    const differing = states.findIndex((state) => !isSame(state));
    same = differing < 0 ? same + 1 : 0;
    if (differing >= 0 && Date.now() > until) {
      const { report, second } = states[differing] ?? {};
      const who = `${at}: ${pods[differing]?.name} by netlink (first) and by /proc`;
      assert.deepEqual(sayingOf(report, second), sayingOf(second, report), who);
    }
    await sleep(POLL_MS);
  }
  console.log(`${at}: the same by netlink and by /proc`);
}

function isSame({ report, second }: PodState): boolean {
  return JSON.stringify(sayingOf(report, second)) === JSON.stringify(sayingOf(second, report));
}

/** How many attempts to reach a lost peer are under way differs from moment to moment: they count once. */
function isOnce(link: string, at: number, all: readonly string[]): boolean {
  return link.endsWith(' up') || all.indexOf(link) === at;
}

type Told = Report | null | undefined;

/** What must not depend on the source; where netlink alone knows of something, not what follows from it. */
function sayingOf(report: Told, other: Told) {
  if (report === null || report === undefined) return null;
  const { role, ready, inQuorum, quorum, verdict, checks, findings, ports, links, peers } = report;
  const knowsMore = [report, other].some((one) =>
    one?.findings.some(({ code, severity }) => severity !== 'info' && NOT_COMPARED.has(code)),
  );
  return {
    ...{ role, ready, inQuorum, quorum },
    verdict: knowsMore ? null : verdict,
    checks: knowsMore ? [] : checks.map(({ name, status }) => `${name} ${status}`),
    findings: findings
      .filter(({ code }) => !NOT_COMPARED.has(code))
      .map(({ code, certainty }) => `${code} ${certainty}`),
    listeners: ports.map(({ port, listener }) => `${port} ${listener?.reach ?? 'none'}`),
    links: links
      .map(({ direction, port, peer, state }) => `${direction} ${port} ${peer} ${state}`)
      .filter(isOnce)
      .sort(),
    peers: peers.map(({ name, status }) => `${name} ${status}`),
  };
}
