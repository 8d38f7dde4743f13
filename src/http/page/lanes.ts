import type { PortSpec } from '../../model/profile.ts';
import type { MemberRole, PeerReport, Report } from '../../model/report.ts';
import type { PageState } from './state.ts';

type ReportLink = Report['links'][number];

/**
 * What a line of the picture stands for: a link in one of its states, or a link that is not there:
 * `missing` although needed, `idle` because nothing needs it now, `hidden` behind the mesh proxy,
 * `unknown` where the rows cannot tell.
 */
export type LaneState = ReportLink['state'] | 'missing' | 'idle' | 'hidden' | 'unknown';

/** One line of the picture: the links of one port, direction and state between two members. */
export interface Lane {
  /** The port's role and number, or what there is to say where no port is known. */
  readonly label: string;
  readonly direction: 'inbound' | 'outbound' | null;
  readonly state: LaneState;
  readonly count: number;
  readonly unackedBytes: number;
  readonly stalledMs: number | null;
  /** The longest round trip of its links, and the longest that one of them was not heard; `null` where neither is known. */
  readonly vitals: { readonly rttMs: number | null; readonly heardMs: number | null } | null;
}

/** A peer as the picture draws it. `stranger`: linked, but no member of the configured ensemble. */
export interface PeerFigure {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly status: PeerReport['status'] | 'stranger';
  readonly role: MemberRole;
  readonly lanes: readonly Lane[];
}

/** The peers with their lines: the configured ones, then addresses that no member bears. */
export function peerFigures(state: PageState): readonly PeerFigure[] {
  const { report } = state;
  const leader = leaderName(state);
  const members = report.peers.map((peer) => memberFigure(state, peer, leader));
  return [...members, ...strangers(report)];
}

function memberFigure(state: PageState, peer: PeerReport, leader: string | null): PeerFigure {
  const links = state.report.links.filter((link) => isWith(peer, link));
  const lanes = [...lanesOf(links), ...absentLanes(state, peer, links, leader)];
  return {
    name: peer.name,
    addresses: peer.addresses,
    status: peer.status,
    role: peerRole(state, peer, links, leader),
    lanes: lanes.length > 0 ? lanes : [laneWithoutLink(peer)],
  };
}

function isWith(peer: PeerReport, link: ReportLink): boolean {
  return link.peer !== null && (link.peer === peer.name || peer.addresses.includes(link.peer));
}

function strangers(report: Report): readonly PeerFigure[] {
  const known = report.links.filter((link) => report.peers.some((peer) => isWith(peer, link)));
  const others = report.links.filter((link) => link.peer !== null && !known.includes(link));
  const names = new Set(others.flatMap(({ peer }) => (peer === null ? [] : [peer])));
  return [...names].map((name) => ({
    name,
    addresses: [],
    status:
      report.peers.length > 0 ? 'stranger' : statusBy(others.filter(({ peer }) => peer === name)),
    role: 'unknown',
    lanes: lanesOf(others.filter(({ peer }) => peer === name)),
  }));
}

/** How a peer stands that is known by its links alone: the best of them, unless one has stalled. */
function statusBy(links: readonly ReportLink[]): PeerReport['status'] {
  const states = new Set(links.map(({ state }) => state));
  if (states.has('stalled')) return 'stalled';
  if (states.has('up')) return 'linked';
  return states.has('connecting') ? 'connecting' : 'unknown';
}

/** Links that look the same become one line with a count. */
function lanesOf(links: readonly ReportLink[]): readonly Lane[] {
  const lanes = new Map<string, Lane>();
  for (const link of links) {
    const key = `${link.role} ${link.port} ${link.direction} ${link.state}`;
    const same = lanes.get(key);
    lanes.set(key, {
      label: `${link.role} ${link.port}`,
      direction: link.direction,
      state: link.state,
      count: (same?.count ?? 0) + 1,
      unackedBytes: (same?.unackedBytes ?? 0) + link.unackedBytes,
      stalledMs: longest(same?.stalledMs ?? null, link.stalledMs),
      vitals: vitalsOf(same?.vitals ?? null, link.vitals),
    });
  }
  return [...lanes.values()];
}

function vitalsOf(before: Lane['vitals'], vitals: ReportLink['vitals']): Lane['vitals'] {
  if (vitals === null) return before;
  return {
    rttMs: longest(before?.rttMs ?? null, vitals.rttMs),
    heardMs: longest(before?.heardMs ?? null, vitals.lastHeardMs),
  };
}

function longest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

/** Lines for links that this peer could have and has not. */
function absentLanes(
  state: PageState,
  peer: PeerReport,
  links: readonly ReportLink[],
  leader: string | null,
): readonly Lane[] {
  return state.profile.ports.flatMap((port) => {
    if (links.some(({ role }) => role === port.role)) return [];
    const absent = absentState(state.report, peer, port, leader);
    if (absent === null) return [];
    const direction = port.links.kind === 'hub' && absent === 'hidden' ? 'inbound' : null;
    return [{ ...laneOf(portLabel(state.report, port), absent), direction }];
  });
}

function absentState(
  report: Report,
  peer: PeerReport,
  port: PortSpec,
  leader: string | null,
): LaneState | null {
  const isHub = port.links.kind === 'hub';
  const needed = isHub ? report.role === 'leader' || peer.name === leader : isPairwise(port);
  if (!needed) return null;
  if (report.links.some(({ role, peer: other }) => role === port.role && other === null)) {
    return isHub && peer.status === 'linked' ? 'hidden' : null;
  }
  if (port.mayBeIdleCut && report.inQuorum === true) return 'idle';
  return peer.status === 'missing' ? 'missing' : null;
}

function isPairwise(port: PortSpec): boolean {
  return port.links.kind === 'pairwise';
}

function laneWithoutLink(peer: PeerReport): Lane {
  if (peer.status === 'missing') return laneOf('no link', 'missing');
  if (peer.status === 'linked') return laneOf('links', 'hidden');
  return laneOf('links', 'unknown');
}

function laneOf(label: string, state: LaneState): Lane {
  return {
    label,
    direction: null,
    state,
    count: 1,
    unackedBytes: 0,
    stalledMs: null,
    vitals: null,
  };
}

/** The port's role with the number in use: the one that is watched, else the profile's first. */
function portLabel(report: Report, port: PortSpec): string {
  const used = report.ports.find(({ role }) => role === port.role)?.port ?? port.ports[0];
  return used === undefined ? port.role : `${port.role} ${used}`;
}

/** The peer that leads: by its own probe's word, else the one that this learner is linked to. */
export function leaderName({ report, profile, ensemble }: PageState): string | null {
  const told = ensemble.members.find(({ report }) => report?.role === 'leader')?.name;
  if (told !== undefined) return told;
  const { quorum } = profile;
  if (quorum.kind !== 'hub' || report.role !== 'learner') return null;
  const link = report.links.find(
    ({ role, direction }) => role === quorum.port && direction === 'outbound',
  );
  return report.peers.find((peer) => link && isWith(peer, link))?.name ?? link?.peer ?? null;
}

function peerRole(
  { report, profile, ensemble }: PageState,
  peer: PeerReport,
  links: readonly ReportLink[],
  leader: string | null,
): MemberRole {
  const told = ensemble.members.find(({ name }) => name === peer.name)?.report?.role;
  if (told !== undefined && told !== 'unknown') return told;
  if (peer.name === leader) return 'leader';
  const { quorum } = profile;
  const follows =
    quorum.kind === 'hub' && report.role === 'leader' && links.some((l) => l.role === quorum.port);
  return follows ? 'learner' : 'unknown';
}
