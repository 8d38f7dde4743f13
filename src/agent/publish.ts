import type { Assessment } from '../assess/assess.ts';
import type { Memory } from '../assess/scene/observation.ts';
import { stallOf } from '../links/stall.ts';
import type { ScanReason } from '../model/agent-view.ts';
import type { Report, Verdict } from '../model/report.ts';
import type { SocketTable } from '../model/socket.ts';

const RANK: Readonly<Record<Verdict, number>> = { healthy: 0, degraded: 1, unknown: 2, broken: 3 };

/** Whether another scan must confirm an assessment before it is published. */
export function isDoubtful(
  reason: ScanReason,
  { report, unsettled }: Assessment,
  published: Report,
  table: SocketTable | null,
): boolean {
  if (reason === 'confirm') return false;
  if (reason === 'start' && unsettled) return true;
  return isWorse(report, published) && !confirmsItself(report, published, table);
}

/** Whether a report says worse than the published one, so that one row's luck could mislead. */
function isWorse(next: Report, published: Report): boolean {
  return (published.ready && !next.ready) || RANK[next.verdict] > RANK[published.verdict];
}

/**
 * Evidence that needs no second scan: repeated retransmission took seconds to build up, and a listener
 * that vanished cannot have been a row missed, since the kernel lists listeners first and whole. That a
 * pod is cut off was asked twice already, and that a peer is silent was read twice.
 */
function confirmsItself(next: Report, published: Report, table: SocketTable | null): boolean {
  const retransmits = table?.connections.some((row) => stallOf(row) === 'retransmission') ?? false;
  const isTwofold = next.findings.some(({ code }) => code === 'isolated' || code === 'silent-peer');
  return retransmits || isTwofold || (table !== null && listenerVanished(next, published));
}

/**
 * What to remember of a scan that is not believed yet. A row that it missed is not gone before the
 * confirming scan has missed it too: forgotten at once, it would have to settle anew.
 */
export function doubted(before: Memory, after: Memory): Memory {
  return {
    ...after,
    held: new Map([...before.held, ...after.held]),
    readiness: before.readiness,
    bootstrap: before.bootstrap,
  };
}

function listenerVanished(next: Report, published: Report): boolean {
  return published.ports.some(
    ({ port, listener }) =>
      listener !== null &&
      next.ports.some((candidate) => candidate.port === port && candidate.listener === null),
  );
}
