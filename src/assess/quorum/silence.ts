import type { AskedEvidence } from '../../model/asked.ts';
import type { Folded } from '../../model/link.ts';
import { type Heartbeat, isPeerPort } from '../../model/profile.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import type { Address, Socket } from '../../model/socket.ts';
import {
  type Age,
  type Heard,
  hear,
  isSilent,
  type Patience,
  patienceWith,
  silentForMs,
} from './hearing.ts';
import { memberAt } from './link-index.ts';
import type { Member } from './members.ts';
import { rowsByPeer } from './outer-rows.ts';
import { specOf } from './peer-links.ts';

/** What is remembered of the peers that are heard, by address; under `ANYONE` of all of them together. */
export type Hearing = ReadonlyMap<Address, Heard>;

/** The key of all peers together, where only some pairs of members speak at each heartbeat. */
export const ANYONE = '*';

/** A sign, independent of silence, that a silent peer cannot be reached: own data, or the peer's probe, goes unanswered. */
export type SecondSign = 'unacknowledged' | 'probe-silent';

/** A peer, or all of them, that was heard at each heartbeat and is heard no more. */
export interface Silence {
  readonly peers: readonly Address[];
  /** Whether it is the silence of all peers, who are judged together only. */
  readonly isEveryones: boolean;
  readonly silentMs: number;
  readonly patience: Patience;
  readonly second: SecondSign | null;
  /** Whether it lasts for so long, or has a second sign, that the links count as broken. */
  readonly withdraws: boolean;
}

/** The port role that carries the quorum and its heartbeat; `null` where silence there means nothing. */
export interface Beat {
  readonly role: string;
  readonly heartbeat: Heartbeat;
}

export function beatOf({
  profile,
  ensemble,
}: Pick<JudgeSettings, 'profile' | 'ensemble'>): Beat | null {
  const { quorum } = profile;
  if (quorum.kind === 'none') return null;
  const own = specOf(profile, quorum.port).heartbeat;
  if (own === null) return null;
  // Only a system with such a rule has a file of members that sets it.
  const given =
    ensemble.kind === 'members' && quorum.kind === 'hub' ? ensemble.heartbeat : undefined;
  return { role: quorum.port, heartbeat: { ...own, ...given } };
}

interface Reading {
  readonly nowMs: number;
  readonly awakeSinceMs: number | null;
}

/**
 * Carries what is remembered of the peers to this scan. Nothing is, where one scan is all there is, or where
 * the table came without the time since data was last received.
 */
export function carryHearing(
  before: Hearing,
  folded: Folded,
  beat: Beat | null,
  { nowMs, awakeSinceMs }: Reading,
): Hearing {
  if (beat === null || awakeSinceMs === null) return new Map();
  const heard = new Map<Address, Heard>();
  for (const [peer, ageMs] of agesOf(folded, beat)) {
    heard.set(peer, hear(before.get(peer) ?? null, { ageMs, nowMs, awakeSinceMs }, beat.heartbeat));
  }
  return heard;
}

/** How long ago data last came from each peer, over all its links of the role. */
function agesOf(folded: Folded, { role, heartbeat }: Beat): ReadonlyMap<Address, number> {
  const ages = new Map<Address, number>();
  for (const [peer, rows] of rowsByPeer(folded, [role])) {
    const ageMs = leastAge(rows);
    if (ageMs !== null) ages.set(peer, ageMs);
  }
  if (heartbeat.from === 'every-peer' || ages.size === 0) return ages;
  return new Map([[ANYONE, Math.min(...ages.values())]]);
}

function leastAge(rows: readonly Socket[]): number | null {
  let least: number | null = null;
  for (const { vitals } of rows) {
    const ageMs = vitals?.lastHeardMs ?? null;
    if (ageMs !== null && (least === null || ageMs < least)) least = ageMs;
  }
  return least;
}

/** What the second sign is looked for in. */
export interface Around {
  readonly folded: Folded;
  readonly settings: Pick<JudgeSettings, 'profile'>;
  readonly members: readonly Member[];
  readonly asked: AskedEvidence;
}

/** Every silence that two readings have shown. */
export function silencesOf(
  hearing: Hearing,
  beat: Beat | null,
  { nowMs, awakeSinceMs }: Reading,
  around: Around,
): readonly Silence[] {
  if (beat === null || awakeSinceMs === null) return [];
  return [...hearing].flatMap(([peer, heard]): Silence[] => {
    const age: Age = { ageMs: nowMs - heard.heardAtMs, nowMs, awakeSinceMs };
    const patience = patienceWith(heard, beat.heartbeat);
    const silentMs = silentForMs(age);
    if (!isSilent(heard, silentMs, patience)) return [];
    const isEveryones = peer === ANYONE;
    // That one of them does not answer says nothing of the others.
    const second = isEveryones ? null : secondSign(peer, around);
    return [
      {
        peers: isEveryones ? [...rowsByPeer(around.folded, [beat.role]).keys()] : [peer],
        ...{ isEveryones, silentMs, patience, second },
        withdraws: second !== null || silentMs >= patience.withdrawsAfterMs,
      },
    ];
  });
}

function secondSign(
  peer: Address,
  { folded, settings, members, asked }: Around,
): SecondSign | null {
  const roles = settings.profile.ports.filter(isPeerPort).map(({ role }) => role);
  const rows = rowsByPeer(folded, roles).get(peer) ?? [];
  if (rows.some(isUnacknowledged)) return 'unacknowledged';
  const name = memberAt(members, peer)?.name;
  const history = name === undefined ? undefined : asked.peers?.answer.history.get(name);
  return history !== undefined && history.silentSinceMs !== null ? 'probe-silent' : null;
}

/** Own data was sent again, and is not acknowledged. */
function isUnacknowledged({ state, timer, txQueueBytes, retransmits }: Socket): boolean {
  return state === 'established' && timer === 'retransmit' && txQueueBytes > 0 && retransmits > 0;
}

/** The peers whose links count as broken for their silence. */
export function mutedBy(silences: readonly Silence[]): ReadonlySet<Address> {
  return new Set(silences.filter(({ withdraws }) => withdraws).flatMap(({ peers }) => peers));
}
