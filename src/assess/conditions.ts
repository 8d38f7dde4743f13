import { stallOf } from '../links/stall.ts';
import type { Socket } from '../model/socket.ts';
import { listCondition, roleCondition } from './ensemble/sights.ts';
import { linksToStrangers, linkToStranger } from './findings/addresses.ts';
import { SERVER_DISAGREES, serverDisagreement } from './findings/asked.ts';
import { linkUnattributed } from './findings/mesh.ts';
import { isStranger, isUnresolved, NOT_A_MEMBER, neverResolved } from './findings/names.ts';
import { UNMATCHED, unmatchedVotes } from './findings/unmatched.ts';
import { peerNotLinked, rowSeen, rowStalled } from './quorum/peer-links.ts';
import { VOTERS_MISSING, votersMissing } from './quorum/voters-missing.ts';
import { quorumCondition } from './readiness/readiness.ts';
import type { Scene } from './scene/scene.ts';

/** What each row shows now, under the name by which it is carried to the next scan. */
export function rowConditions(rows: readonly Socket[]): Set<string> {
  const conditions = new Set<string>();
  for (const row of rows) {
    conditions.add(rowSeen(row));
    if (stallOf(row) !== null) conditions.add(rowStalled(row));
  }
  return conditions;
}

/** What is judged of this scan and must persist to count, under the names by which it is carried. */
export function judgedConditions(
  scene: Omit<
    Scene,
    'table' | 'samples' | 'bootstrap' | 'silences' | 'traffic' | 'lived' | 'named'
  >,
): Set<string> {
  const { settings, observation, folded, members, peers, standing, persistence } = scene;
  const conditions = new Set<string>();
  conditions.add(roleCondition(standing));
  if (observation.asked.peers !== null) conditions.add(listCondition(settings.ensemble));
  if (standing.inQuorum.kind === 'in') conditions.add(quorumCondition(standing));
  for (const { name, status } of peers)
    if (status !== 'linked' && status !== 'unknown') conditions.add(peerNotLinked(name));
  if (members.length === 0 && votersMissing(standing, folded, settings.profile, persistence) > 0)
    conditions.add(VOTERS_MISSING);
  for (const link of linksToStrangers(folded.links, members, folded.podAddresses)) {
    conditions.add(linkToStranger(link));
  }
  for (const member of members) {
    if (isUnresolved(member)) conditions.add(neverResolved(member.name));
  }
  if (unmatchedVotes(standing) > 0) conditions.add(UNMATCHED);
  if (isStranger(members, folded.podAddresses)) conditions.add(NOT_A_MEMBER);
  for (const link of folded.links) {
    if (link.path === 'unattributed') conditions.add(linkUnattributed(link));
  }
  if (serverDisagreement({ standing, observation, settings }) !== null)
    conditions.add(SERVER_DISAGREES);
  return conditions;
}
