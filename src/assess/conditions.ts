import { stallOf } from '../links/stall.ts';
import type { Folded } from '../model/link.ts';
import type { Socket } from '../model/socket.ts';
import { linksToStrangers, linkToStranger } from './findings/addresses.ts';
import { SERVER_DISAGREES, serverDisagreement } from './findings/asked.ts';
import { linkUnattributed } from './findings/mesh.ts';
import { isStranger, isUnresolved, NOT_A_MEMBER, neverResolved } from './findings/names.ts';
import { UNMATCHED, unmatchedVotes } from './findings/unmatched.ts';
import { linkUnread, peerNotLinked, portBacklog, rowSeen, rowStalled } from './peer-links.ts';
import { quorumCondition } from './readiness.ts';
import type { Scene } from './scene.ts';
import { listCondition, roleCondition } from './sights.ts';
import { VOTERS_MISSING, votersMissing } from './voters-missing.ts';

/** What each row shows now, under the name by which it is carried to the next look. */
export function rowConditions(folded: Folded, rows: readonly Socket[]): Map<string, number> {
  const conditions = new Map<string, number>();
  for (const row of rows) {
    conditions.set(rowSeen(row), 0);
    if (stallOf(row) !== null) conditions.set(rowStalled(row), 0);
  }
  for (const link of folded.links) {
    if (link.unreadBytes > 0) conditions.set(linkUnread(link), link.unreadBytes);
  }
  for (const { port, acceptQueue } of folded.listeners) {
    if (acceptQueue > 0) conditions.set(portBacklog(port), acceptQueue);
  }
  return conditions;
}

/** What is judged of this look and must persist to count, under the names by which it is carried. */
export function judgedConditions(
  scene: Omit<Scene, 'table' | 'samples' | 'bootstrap'>,
): Map<string, number> {
  const { settings, observation, folded, members, peers, standing, persistence } = scene;
  const conditions = new Map<string, number>();
  conditions.set(roleCondition(standing), 0);
  if (observation.asked.peers !== null) conditions.set(listCondition(settings.ensemble), 0);
  if (standing.inQuorum.kind === 'in') conditions.set(quorumCondition(standing), 0);
  for (const { name, status } of peers)
    if (status !== 'linked' && status !== 'unknown') conditions.set(peerNotLinked(name), 0);
  if (members.length === 0 && votersMissing(standing, folded, settings.profile, persistence) > 0)
    conditions.set(VOTERS_MISSING, 0);
  for (const link of linksToStrangers(folded.links, members, folded.podAddresses)) {
    conditions.set(linkToStranger(link), 0);
  }
  for (const member of members) {
    if (isUnresolved(member)) conditions.set(neverResolved(member.name), 0);
  }
  if (unmatchedVotes(standing) > 0) conditions.set(UNMATCHED, 0);
  if (isStranger(members, folded.podAddresses)) conditions.set(NOT_A_MEMBER, 0);
  for (const link of folded.links) {
    if (link.path === 'unattributed') conditions.set(linkUnattributed(link), 0);
  }
  if (serverDisagreement({ standing, observation, settings }) !== null)
    conditions.set(SERVER_DISAGREES, 0);
  return conditions;
}
