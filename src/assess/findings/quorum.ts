import type { Link } from '../../model/link.ts';
import { linksWithPeers } from '../quorum/link-index.ts';
import { isMute } from '../quorum/peer-links.ts';
import { votesOf } from '../quorum/standing.ts';
import { listed, rowsText } from '../scene/row-text.ts';
import {
  certaintyOfAbsence,
  linkEvidence,
  nameOf,
  peerLinks,
  portsOf,
  type Scene,
} from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';
import {
  countLinked,
  peerNames,
  peerPortNames,
  remedyForPeers,
  rowsBesideLinks,
  type Why,
  whyLooking,
  whyUnlinked,
} from './why-unlinked.ts';

/** What is wrong with the quorum itself. */
export function quorumFindings(scene: Scene): Diagnosis[] {
  return [...noQuorum(scene), ...leaderWithoutQuorum(scene)];
}

function noQuorum(scene: Scene): Diagnosis[] {
  const { standing } = scene;
  const { role, linked, size, majority } = standing;
  if (linked.kind !== 'out' || !['looking', 'learner', 'member'].includes(role)) return [];
  const certainty = role === 'learner' ? 'confirmed' : certaintyOfAbsence(scene);
  const base = { code: 'no-quorum', certainty } as const;
  if (scene.settings.profile.quorum.kind === 'gossip') return [{ ...base, ...cutOff(scene) }];
  if (role === 'member') {
    return [
      {
        ...base,
        summary: `This member is linked with too few others: ${votesOf(standing) ?? 0} of ${size ?? '?'} votes, ${majority ?? '?'} needed.`,
        evidence: [...linkEvidence(scene), ...rowsBesideLinks(scene)],
        ...whyTooFew(scene),
      },
    ];
  }
  if (standing.role === 'learner') {
    const link = standing.leader;
    const leader = link.peer === null ? 'its leader' : nameOf(scene, link.peer);
    return [
      {
        ...base,
        summary: `This member follows ${leader}, but ${isMute(link, scene.persistence) ? `no longer hears anything from it on port ${link.port}` : `the link on port ${link.port} is ${link.state}`}.`,
        evidence: rowsText(link.rows),
        cause: causeOfBrokenLink(link),
        remedy: `Check that ${leader} runs and can be reached from this pod (network policy, node, proxy); without it the members elect another leader by themselves.`,
      },
    ];
  }
  return [
    {
      ...base,
      summary: `This member is looking for a leader: it neither leads nor is linked to one on port ${portsOf(scene, quorumRole(scene))}${peersSeen(scene)}.`,
      evidence: [
        ...scene.folded.listeners.flatMap((listener) => rowsText(listener.rows)),
        ...linkEvidence(scene),
      ],
      ...whyLooking(scene, electionRole(scene)),
    },
  ];
}

const OWN_PROCESS_HANGS: Why = {
  cause:
    "This server's own process is hung, or does not serve yet: data from its peers is unread, or connections wait to be accepted.",
  remedy:
    'Check this process, not the network: CPU throttling, a stop signal, disk latency, a thread dump. Restart it if it does not recover.',
};

/** Why a member is linked with too few others: its own network, its own process, or the others. */
function whyTooFew(scene: Scene): Why {
  const links = peerLinks(scene);
  const seen = new Set(links.map(({ peer }) => peer));
  // Where the number of members is all that is known, the links tell who there is.
  const others =
    scene.peers.length > 0
      ? scene.peers.map(({ addresses }) => addresses)
      : [...seen].map((peer) => (peer === null ? [] : [peer]));
  const silent = silentPeers(links);
  const isCut =
    others.length > 1 && others.every((addresses) => addresses.some((one) => silent.has(one)));
  if (isCut && others.length + 1 >= (scene.standing.size ?? 0)) {
    return {
      cause:
        'Nothing comes back from any of the other members, not even a refusal: more likely this pod is cut off than all of them are gone at once.',
      remedy: `Check this pod's own node, network interface and network policies first, then whether the others run and are linked with each other on ${peerPortNames(scene)} (see their own probes).`,
    };
  }
  if (scene.persistence.hangs) return OWN_PROCESS_HANGS;
  const why = whyUnlinked(scene);
  if (why !== null) return why;
  const halves = oneWay(scene, links);
  if (halves !== null) return halves;
  const troubled = links.some(
    ({ state, rows }) => state === 'connecting' || rows.some(({ retransmits }) => retransmits > 0),
  );
  const state =
    !troubled && scene.peers.every(({ status }) => status === 'missing' || status === 'linked')
      ? 'are missing, and no attempt goes unanswered: those members are down or do not listen, or this one does not know them'
      : 'are missing or do not work';
  return {
    cause: `The links with ${unlinkedPeers(scene)} ${state}.`,
    remedy: remedyForPeers(scene),
  };
}

/** Where each end dials the other: what links of one direction alone tell, or `null` where there are none. */
function oneWay(scene: Scene, links: readonly Link[]): Why | null {
  const unlinked = new Set(
    scene.peers.filter(({ status }) => status === 'missing').flatMap(({ addresses }) => addresses),
  );
  const halves = links.filter(
    ({ peer, state }) => peer !== null && state === 'up' && unlinked.has(peer),
  );
  if (halves.length === 0) return null;
  const names = peerNames(scene, halves);
  return halves.some(({ direction }) => direction === 'outbound')
    ? {
        cause: `There are links to ${names} but none from there: those members have not connected to this one, or cannot reach it.`,
        remedy: `Check how those members are configured with this one (${scene.settings.profile.advice.memberList}), and network policies that block traffic into this pod on ${peerPortNames(scene)}.`,
      }
    : {
        cause: `There are links from ${names} but none to there: this member has not connected to them, cannot reach them, or has given up.`,
        remedy: `Check how this member is configured with them (${scene.settings.profile.advice.memberList}), and network policies that block traffic out of this pod on ${peerPortNames(scene)}.`,
      };
}

/** Peers to which something was sent, on any port between members, that goes unanswered. */
function silentPeers(links: readonly Link[]): ReadonlySet<Link['peer']> {
  return new Set(
    links
      .filter(({ rows }) => rows.some(({ retransmits }) => retransmits > 0))
      .map(({ peer }) => peer),
  );
}

/** A member of a system without a majority that none of the others answers. */
function cutOff(scene: Scene): Pick<Diagnosis, 'summary' | 'evidence' | 'cause' | 'remedy'> {
  return {
    summary: `No other member answers this one on port ${portsOf(scene, quorumRole(scene))}.`,
    evidence: [...linkEvidence(scene), ...rowsBesideLinks(scene)],
    ...(whyUnlinked(scene) ?? {
      cause:
        closedByOthers(scene) ??
        `The links with ${unlinkedPeers(scene)} do not work, or never open.`,
      remedy: remedyForPeers(scene),
    }),
  };
}

/** A link that the other end closed: it opened, so that the way is not the trouble. */
function closedByOthers(scene: Scene): string | null {
  const closed = peerLinks(scene).filter(
    ({ state, rows }) => state === 'closing' && rows.some((row) => row.state === 'close_wait'),
  );
  if (closed.length === 0) return null;
  const by =
    scene.folded.mesh.kind === 'none' ? 'the other end' : 'the mesh proxy or the other end';
  return `Connections to ${peerNames(scene, closed)} opened and were closed again by ${by}, and no other link works.`;
}

function causeOfBrokenLink(link: Link): string {
  if (link.state !== 'closing') {
    return 'The leader is gone or cannot be reached: packets to or from it are lost.';
  }
  return link.unreadBytes > 0
    ? 'The leader has closed the link, and this server has not even read the data that came before: its own process is hung.'
    : 'The leader has closed the link: it stepped down, was stopped, or dropped this member.';
}

function leaderWithoutQuorum(scene: Scene): Diagnosis[] {
  const { standing } = scene;
  if (standing.role !== 'leader' || standing.inQuorum.kind !== 'out') return [];
  const { votes, majority, size } = standing;
  const tooFew = majority === null ? standing.linked.kind === 'out' : votes < majority;
  if (!tooFew) return [];
  return [
    {
      code: 'leader-without-quorum',
      certainty: certaintyOfAbsence(scene),
      summary:
        majority === null
          ? `This member leads, but the voters that are linked with it are not a quorum by their weights and groups: ${votes} of ${size ?? '?'} voters, including itself.`
          : `This member leads, but only ${votes} of ${size ?? '?'} voters are linked with it, including itself; ${majority} are needed.`,
      evidence: linkEvidence(scene),
      cause: `The links with ${unlinkedPeers(scene)} are missing, stalled or still opening: it will soon step down.`,
      remedy: remedyForPeers(scene),
    },
  ];
}

function unlinkedPeers(scene: Scene): string {
  const names = scene.peers.filter((peer) => peer.status !== 'linked').map((peer) => peer.name);
  return names.length === 0 ? 'the other members' : listed(names);
}

function peersSeen(scene: Scene): string {
  if (scene.peers.length === 0) {
    const linked = countLinked(linksWithPeers(scene.folded, electionRole(scene)));
    return linked === 0
      ? ''
      : `; ${linked} of ${scene.standing.size === null ? 'the' : scene.standing.size - 1} others are linked for the election`;
  }
  const linked = scene.peers.filter((peer) => peer.status === 'linked').length;
  return `; ${linked} of ${scene.peers.length} peers are linked for the election`;
}

function quorumRole(scene: Scene): string {
  const rule = scene.settings.profile.quorum;
  return rule.kind === 'none' ? '' : rule.port;
}

function electionRole(scene: Scene): string {
  const rule = scene.settings.profile.quorum;
  return rule.kind === 'hub' ? rule.election : quorumRole(scene);
}
