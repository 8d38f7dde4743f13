import type { Link } from '../../model/link.ts';
import type { Check, Finding } from '../../model/report.ts';
import { unseenText } from '../quorum/membership.ts';
import { isMute } from '../quorum/peer-links.ts';
import { type Standing, votesOf } from '../quorum/standing.ts';
import type { Scene } from '../scene/scene.ts';
import { check } from './check.ts';

/** Whether the links that the quorum rests on are there. */
export function quorumLinkCheck(scene: Scene): Check {
  const name = 'quorum-link';
  const { standing } = scene;
  if (scene.settings.profile.quorum.kind === 'gossip' && standing.role === 'member') {
    return gossipCheck(scene, name);
  }
  switch (standing.role) {
    case 'leader':
    case 'member':
      return votesCheck(name, standing.votes ?? 0, standing);
    case 'learner':
      return learnerCheck(scene, standing.leader, name);
    case 'standalone':
      return check(name, 'pass', 'an ensemble of one needs no link');
    case 'unknown':
      return check(
        name,
        'unknown',
        standing.linked.kind === 'unknown'
          ? unseenText(standing.linked.unseen)
          : 'the role is unknown',
      );
    default:
      return check(name, 'fail', `no link to a leader (${standing.role})`);
  }
}

function votesCheck(name: string, votes: number, { majority, linked }: Standing): Check {
  const others = Math.max(0, votes - 1);
  if (majority === null) {
    switch (linked.kind) {
      case 'in':
        return check(name, 'pass', counted(others, 'other voter'));
      case 'out':
        return check(name, 'fail', `${counted(others, 'other voter')}, with too little weight`);
      case 'unknown':
        return check(
          name,
          'unknown',
          linked.unseen === 'ensemble-size'
            ? `${others} voters linked, ensemble size unknown`
            : unseenText(linked.unseen),
        );
    }
  }
  if (votes < majority && linked.kind === 'unknown') {
    return check(
      name,
      'unknown',
      `${counted(others, 'other voter')} in what was read; ${unseenText(linked.unseen)}`,
    );
  }
  return votes >= majority
    ? check(name, 'pass', counted(others, 'other voter'))
    : check(name, 'fail', `${votes} of ${majority} needed voters, this one included`);
}

function gossipCheck({ standing, peers }: Scene, name: string): Check {
  const linked = peers.filter((peer) => peer.status === 'linked').length;
  if (standing.linked.kind !== 'in') return check(name, 'fail', 'no other member answers');
  return linked === 0 && (standing.size ?? peers.length + 1) > 1
    ? check(name, 'pass', 'linked with no other member so far')
    : check(name, 'pass', counted(linked, 'other member'));
}

function learnerCheck({ persistence }: Scene, link: Link, name: string): Check {
  const to = `link to ${link.peer ?? 'the leader'}:${link.port}`;
  if (isMute(link, persistence)) {
    return check(name, 'fail', `${to} is ${link.state}, and nothing arrives on it any more`);
  }
  if (link.state !== 'up' && link.stall !== 'zero-window') {
    return check(name, 'fail', `${to} is ${link.state}`);
  }
  return link.path === 'unattributed'
    ? check(name, 'warn', `${to} is up to the local proxy; beyond that it is not visible`)
    : check(name, 'pass', `${to} is ${link.state}`);
}

/** Whether this member is in the company of a majority. */
export function majorityCheck(scene: Scene, findings: readonly Finding[]): Check {
  const name = 'majority';
  const isolated = findings.find(({ code }) => code === 'isolated');
  if (isolated !== undefined) return check(name, 'fail', isolated.summary);
  const { role, linked, majority, size } = scene.standing;
  const votes = votesOf(scene.standing);
  if (role === 'learner' && linked.kind === 'in') {
    return check(name, 'pass', 'following a leader implies a majority');
  }
  if (linked.kind === 'unknown') return check(name, 'unknown', unseenText(linked.unseen));
  if (size !== null && votes !== null && votes > size) {
    return check(
      name,
      'warn',
      `${votes} voters are linked, but only ${size} are configured: check --members, --replicas, --ensemble-size or --observers`,
    );
  }
  if (votes === null || majority === null) {
    return linked.kind === 'in'
      ? check(name, 'pass', 'in quorum')
      : check(name, 'fail', `not linked with a majority (${role})`);
  }
  return votes >= majority
    ? check(name, 'pass', `${votes} of ${size ?? votes} voters, ${majority} needed`)
    : check(name, 'fail', `${votes} of ${size ?? '?'} voters, ${majority} needed`);
}

/** "1 other voter linked", "2 other voters linked". */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'} linked`;
}
