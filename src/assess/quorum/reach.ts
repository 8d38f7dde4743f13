import { stallOf } from '../../links/stall.ts';
import type { AskedEvidence } from '../../model/asked.ts';
import type { Folded } from '../../model/link.ts';
import { isPeerPort, type Profile } from '../../model/profile.ts';
import type { Address, Socket } from '../../model/socket.ts';
import type { Reach } from '../../model/vocabulary.ts';
import { TIMEOUTS_NEEDED } from './isolation.ts';
import { rowsByPeer } from './outer-rows.ts';

/** The second of two SYNs sent again, 3 s after the first: three in a row went unanswered. */
const UNANSWERED_SYNS = 2;

/** Data that came in within this time shows that the way from the peer, and that of the acknowledgements, works. */
const HEARD_WITHIN_MS = 3_000;

/** A probe on a busy node may miss a question: until it misses another, its last answer counts for so long. */
const ANSWER_LASTS_MS = 3_000;

/** What the reach of a peer is read from. */
export interface ReachEvidence {
  readonly folded: Folded;
  readonly settings: { readonly profile: Pick<Profile, 'ports'> };
  readonly observation: { readonly asked: AskedEvidence };
}

/**
 * Whether what this member sends to a peer is answered. Only positive signs count: the kernel's own, which sent
 * the same several times over seconds, and two rounds of questions to a probe that answered before. That no link
 * is there is no sign, nor is one connection that goes unanswered while the peer is heard on another.
 */
export function reachOf(
  { folded, settings, observation }: ReachEvidence,
  { name, addresses }: { readonly name: string; readonly addresses: readonly Address[] },
): Reach {
  const roles = settings.profile.ports.filter(isPeerPort).map(({ role }) => role);
  const byPeer = rowsByPeer(folded, roles);
  const rows = addresses.flatMap((address) => byPeer.get(address) ?? []);
  if (rows.some(isHeard)) return 'answered';
  if (rows.some(isAttemptUnanswered)) return 'connection-unanswered';
  const asked = observation.asked.peers;
  const memory = asked?.answer.history.get(name);
  const answer = asked?.answer.answers.get(name)?.kind;
  if (answer === 'answered' || answer === 'not-understood') return 'answered';
  if (rows.some((row) => stallOf(row) === 'retransmission')) return 'data-unanswered';
  if (asked === null || memory === undefined || memory.lastAnswerMs === null) return 'unknown';
  // A question that this process could not put in time changes nothing.
  if (answer !== 'timeout' && answer !== 'not-asked') return 'unknown';
  if (memory.timeouts >= TIMEOUTS_NEEDED) return 'probe-unanswered';
  return asked.atMs - memory.lastAnswerMs <= ANSWER_LASTS_MS ? 'answered' : 'unknown';
}

function isAttemptUnanswered({ state, retransmits }: Socket): boolean {
  return state === 'syn_sent' && retransmits >= UNANSWERED_SYNS;
}

function isHeard(row: Socket): boolean {
  const ageMs = row.state === 'established' ? (row.vitals?.lastHeardMs ?? null) : null;
  return ageMs !== null && ageMs <= HEARD_WITHIN_MS && stallOf(row) === null;
}
