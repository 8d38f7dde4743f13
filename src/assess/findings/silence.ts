import { stallOf } from '../../links/stall.ts';
import type { Address, Socket } from '../../model/socket.ts';
import { rowsByPeer } from '../quorum/outer-rows.ts';
import type { SecondSign, Silence } from '../quorum/silence.ts';
import { few, listed, rowsText } from '../scene/row-text.ts';
import { nameOf, portsOf, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Peers that were heard at each heartbeat and are heard no more. */
export function silenceFindings(scene: Scene): Diagnosis[] {
  const silences = scene.silences.filter((silence) => !isExplained(scene, silence));
  const [first] = silences;
  if (first === undefined) return [];
  const own = silences.every((silence) => isOwnSilence(scene, silence));
  const peers = silences.flatMap(({ peers }) => peers);
  const leastMs = Math.min(...silences.map(({ silentMs }) => silentMs));
  const names = listed(peers.map((peer) => nameOf(scene, peer)));
  return [
    {
      code: 'silent-peer',
      certainty: silences.some(({ second }) => second !== null) ? 'confirmed' : 'suspected',
      summary: `${names} ${peers.length === 1 ? 'has' : 'have'} been silent for ${seconds(leastMs)} on port ${portsOf(scene, roleOf(scene))}, where ${first.isEveryones ? 'one of them sends' : 'a healthy peer sends'} something at least every ${seconds(first.patience.everyMs)}.`,
      evidence: few(silences.flatMap((silence) => evidenceOf(scene, silence))),
      ...(own ? ownProcess(scene) : peersGone(scene)),
    },
  ];
}

function roleOf({ persistence }: Scene): string {
  return persistence.quorumRole ?? '';
}

function rowsOf(scene: Scene): ReadonlyMap<Address, readonly Socket[]> {
  return rowsByPeer(scene.folded, [roleOf(scene)]);
}

/** Whether `stalled-link` says it already: the kernel has seen that the peer does not answer. */
function isExplained(scene: Scene, { peers }: Silence): boolean {
  const rows = rowsOf(scene);
  return peers.some((peer) => rows.get(peer)?.some((row) => stallOf(row) !== null) ?? false);
}

/** Whether this member has sent the peer nothing for as long: then its own process may be the silent one. */
function isOwnSilence(scene: Scene, { peers, patience }: Silence): boolean {
  const rows = rowsOf(scene);
  const sentNothing = (peer: Address): boolean =>
    rows.get(peer)?.every(({ vitals }) => (vitals?.lastSentMs ?? 0) >= patience.findsAfterMs) ??
    false;
  return scene.standing.role === 'leader' && peers.every(sentNothing);
}

const SECOND: Readonly<Record<SecondSign, string>> = {
  unacknowledged: 'data to it is being retransmitted too',
  'probe-silent': 'its probe does not answer either',
};

function evidenceOf(scene: Scene, { peers, silentMs, patience, second, withdraws }: Silence) {
  const byPeer = rowsOf(scene);
  const rows = peers.flatMap((peer) => byPeer.get(peer) ?? []);
  const until = withdraws
    ? 'the link counts as broken'
    : `the link counts as broken after ${seconds(patience.withdrawsAfterMs)}, sooner with a second sign`;
  return [
    ...rowsText(rows),
    `last heard ${seconds(silentMs)} ago${second === null ? '' : `, and ${SECOND[second]}`}: ${until}`,
  ];
}

function peersGone({ settings: { profile } }: Scene) {
  const { givesUp } = profile.advice;
  return {
    cause: `The peer or the path to it is gone and no reset was sent, or its process is hung (a stop signal, a long garbage collection, a stalled disk): the connection alone does not show which.${givesUp === null ? '' : ` ${profile.title} itself gives up ${givesUp}.`}`,
    remedy:
      "Check the peer's pod first (whether it runs or is throttled, its garbage-collection log), then its node and anything that filters packets between the two (network policy, security group, CNI).",
  };
}

function ownProcess({ settings: { profile } }: Scene) {
  return {
    cause: `${profile.title} in this pod has sent these peers nothing in that time, and they only answer: this member's own process is hung (a stop signal, a long garbage collection, a stalled disk).`,
    remedy:
      'Check this process, not the network: CPU throttling, its garbage-collection log, disk latency, a thread dump.',
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
