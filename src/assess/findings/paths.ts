import { stallOf } from '../../links/stall.ts';
import { isPeerPort } from '../../model/profile.ts';
import type { Address, Socket, Vitals } from '../../model/socket.ts';
import { rowsByPeer } from '../quorum/outer-rows.ts';
import { rowStalled } from '../quorum/peer-links.ts';
import { type Exchanged, exchangedWithin, trafficKey } from '../quorum/traffic.ts';
import { few, listed, rowsText } from '../scene/row-text.ts';
import { nameOf, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** What the kernel's figures say of the way to a peer, and of the peer's reading. */
export function pathFindings(scene: Scene): Diagnosis[] {
  return [...blackHole(scene), ...lossy(scene), ...slow(scene)];
}

/** One peer with its rows on the ports between members. */
interface PeerRows {
  readonly peer: Address;
  readonly rows: readonly Socket[];
}

function peersOf({ folded, settings }: Scene): readonly PeerRows[] {
  const roles = settings.profile.ports.filter(isPeerPort).map(({ role }) => role);
  return [...rowsByPeer(folded, roles)].map(([peer, rows]) => ({ peer, rows }));
}

/** Data that came this much later than a stall began came during it. */
const MEANWHILE_MS = 1_000;

/**
 * What shows that only large segments are lost: later ones, which were smaller, were acknowledged (`sacked`),
 * or the peer's own data still comes (`heard`). `null` where a stalled row shows neither.
 */
type SmallOnesPass = 'sacked' | 'heard' | null;

/** Whether a stalled connection waits for a segment of full size while small ones pass. */
export function smallOnesPass(row: Socket, stalledMs: number): SmallOnesPass {
  const { vitals } = row;
  if (vitals === undefined || stallOf(row) !== 'retransmission') return null;
  const { segmentBytes, sackedSegments, lastHeardMs } = vitals;
  if (segmentBytes === null || row.txQueueBytes < segmentBytes) return null;
  if ((sackedSegments ?? 0) > 0) return 'sacked';
  return lastHeardMs !== null && lastHeardMs + MEANWHILE_MS < stalledMs ? 'heard' : null;
}

/** How long a row has been stalled; 0 where one scan is all there is. */
export function rowStalledForMs({ persistence: { held, nowMs } }: Scene, row: Socket): number {
  return nowMs - (held.get(rowStalled(row))?.sinceMs ?? nowMs);
}

function blackHole(scene: Scene): Diagnosis[] {
  const swallowed = peersOf(scene).flatMap(({ peer, rows }) =>
    rows.flatMap((row) => {
      const passes = smallOnesPass(row, rowStalledForMs(scene, row));
      return passes === null ? [] : [{ peer, row, passes }];
    }),
  );
  const [first] = swallowed;
  if (first === undefined) return [];
  const peers = listed(swallowed.map(({ peer }) => nameOf(scene, peer)));
  return [
    {
      code: 'mtu-black-hole',
      certainty: swallowed.some(({ passes }) => passes === 'sacked') ? 'confirmed' : 'suspected',
      summary: `Full-size packets to ${peers} are lost, while small ones get through: the first ${first.row.vitals?.segmentBytes ?? 0} waiting bytes keep being retransmitted.`,
      evidence: few(
        swallowed.flatMap(({ row, passes }) => [...rowsText([row]), sizesText(row.vitals, passes)]),
      ),
      cause:
        'A part of the path carries only smaller packets than this end assumes, and the message that says so (ICMP "fragmentation needed" or "packet too big") does not come back: a tunnel or VPN, an overlay network whose MTU is set too high, or a firewall that drops ICMP.',
      remedy: `Set the MTU of the pod network to what the whole path carries (a CNI setting), or let ICMP through. To check: ping -M do -s ${Math.max(0, (first.row.vitals?.pathMtuBytes ?? 1_500) - 28)} from this pod to the peer.`,
    },
  ];
}

function sizesText(vitals: Vitals | undefined, passes: Exclude<SmallOnesPass, null>): string {
  const { segmentBytes = null, pathMtuBytes = null, sackedSegments = null } = vitals ?? {};
  const sizes = `segments of ${segmentBytes ?? '?'} bytes, packets of ${pathMtuBytes ?? '?'}`;
  return passes === 'sacked'
    ? `${sizes}: ${sackedSegments ?? 0} later and smaller segments were acknowledged`
    : `${sizes}: data from the peer came meanwhile`;
}

/** The window over which loss is judged, and what it must show at the least. */
const LOSS_MS = 60_000;
const LOSS_SEGMENTS = 100;
const LOSS_RETRANSMISSIONS = 5;
const LOSS_SHARE = 0.02;
/** One short break makes many retransmissions at once; a lossy way makes them again and again. */
const LOSS_INTERVALS = 3;

/** Whether what was exchanged shows a way that loses packets all the time. */
export function isLossy(exchanged: Exchanged): boolean {
  const { sentSegments, retransmittedSegments, lossyIntervals } = exchanged;
  return (
    sentSegments >= LOSS_SEGMENTS &&
    retransmittedSegments >= LOSS_RETRANSMISSIONS &&
    lossyIntervals >= LOSS_INTERVALS &&
    lossShare(exchanged) >= LOSS_SHARE
  );
}

function lossShare({ sentBytes, retransmittedBytes }: Exchanged): number {
  return sentBytes === 0 ? 0 : retransmittedBytes / sentBytes;
}

/** Peers whose figures of the last `withinMs` are as wanted, without those whose links stall altogether. */
function exchangedWith(
  scene: Scene,
  withinMs: number,
  isWanted: (exchanged: Exchanged) => boolean,
): readonly (PeerRows & { readonly exchanged: Exchanged })[] {
  const { members, persistence, traffic } = scene;
  return peersOf(scene).flatMap(({ peer, rows }) => {
    const known = traffic.get(trafficKey(members, peer));
    if (known === undefined || rows.some((row) => stallOf(row) === 'retransmission')) return [];
    const exchanged = exchangedWithin(known, withinMs, persistence.nowMs);
    return isWanted(exchanged) ? [{ peer, rows, exchanged }] : [];
  });
}

function lossy(scene: Scene): Diagnosis[] {
  const found = exchangedWith(scene, LOSS_MS, isLossy);
  if (found.length === 0) return [];
  const worst = Math.max(...found.map(({ exchanged }) => lossShare(exchanged)));
  return [
    {
      code: 'lossy-link',
      certainty: 'confirmed',
      summary: `The path to ${listed(found.map(({ peer }) => nameOf(scene, peer)))} loses packets: ${percent(worst)} of the bytes sent in the last minute were retransmitted.`,
      evidence: few(
        found.map(
          ({ peer, exchanged }) =>
            `${nameOf(scene, peer)}: ${exchanged.retransmittedSegments} of ${exchanged.sentSegments} segments and ${exchanged.retransmittedBytes} of ${exchanged.sentBytes} bytes retransmitted in ${Math.round(exchanged.elapsedMs / 1000)} s`,
        ),
      ),
      cause:
        'Packets or acknowledgements are lost on the path: a full queue or a faulty port of a switch, a network card or its driver, a rate limit, or a node that has no CPU left for its network.',
      remedy:
        "Compare the members' reports: if all name one peer, it is that peer's node; if this member names all peers, it is this node. Check the drops of its interfaces (ip -s link, ethtool -S), rate limits of the pod or the machine, and the load of the node.",
    },
  ];
}

/** The window over which a slow reader is judged, and for how much of it data must have waited. */
const SLOW_MS = 20_000;
const SLOW_LEAST_MS = 10_000;
const SLOW_SHARE = 0.5;

/** Whether what was exchanged shows a peer that reads more slowly than it is sent to. */
export function isSlow({ windowLimitedMs, elapsedMs }: Exchanged): boolean {
  return elapsedMs >= SLOW_LEAST_MS && windowLimitedMs >= SLOW_SHARE * elapsedMs;
}

function slow(scene: Scene): Diagnosis[] {
  const found = exchangedWith(scene, SLOW_MS, isSlow);
  if (found.length === 0) return [];
  return [
    {
      code: 'slow-peer',
      certainty: 'confirmed',
      summary: `${listed(found.map(({ peer }) => nameOf(scene, peer)))} ${found.length === 1 ? 'reads' : 'read'} more slowly than this member sends: data waits for space in the receive window.`,
      evidence: few(
        found.flatMap(({ peer, rows, exchanged }) => [
          ...rowsText(rows.filter(({ txQueueBytes }) => txQueueBytes > 0)),
          `${nameOf(scene, peer)}: data waited for window space for ${(exchanged.windowLimitedMs / 1000).toFixed(1)} s of the last ${Math.round(exchanged.elapsedMs / 1000)} s`,
        ]),
      ),
      cause:
        "The peer's process reads data more slowly than it arrives: it lacks CPU or is throttled, collects garbage, or waits for its disk. The network is not the limit, because the peer's kernel acknowledges the data.",
      remedy:
        "Check the peer's pod: CPU throttling, garbage-collection log, disk latency, memory; and its receive buffer only if the round-trip time is long.",
    },
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
