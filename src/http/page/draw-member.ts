import { isPeerPort } from '../../model/profile.ts';
import type { CheckStatus, PortReport, Report } from '../../model/report.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { fitted } from './names.ts';
import type { PageState } from './state.ts';
import { toneOf } from './tone.ts';
import { listenerWords, shortName, size } from './words.ts';

const HEAD_HEIGHT = 76;
const PORT_HEIGHT = 40;
const LETTERS = 21;

/** How much height the member's box needs for its ports. */
export function memberHeight(report: Report): number {
  return HEAD_HEIGHT + servingPorts(report).length * PORT_HEIGHT + 6;
}

/** Where any of several ports serves a role, those that listen, or the first of them all. */
function servingPorts({ ports }: Report): readonly PortReport[] {
  return ports.filter((port) => {
    const same = ports.filter(({ role }) => role === port.role);
    return port.listener !== null || (same.every((p) => p.listener === null) && same[0] === port);
  });
}

/** This member: name, role, and each port with its listener and its load. */
export function drawMember(
  state: PageState,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Markup {
  const { report } = state;
  const top = (box.height - memberHeight(report)) / 2;
  const ports = servingPorts(report).map((port, i) =>
    drawPort(state, port, top + HEAD_HEIGHT + i * PORT_HEIGHT, box.width),
  );
  const star =
    report.role === 'leader'
      ? markup`<g transform="translate(18 ${top + 40})">${STAR}</g>`
      : NOTHING;
  return markup`<svg x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" class="member ${toneOf(report)}">
<rect x="1.5" y="1.5" width="${box.width - 3}" height="${box.height - 3}" rx="10"/>
<text class="name" x="18" y="${top + 30}">${fitted(shortName(report.member.name), LETTERS)}</text>
${star}
<text class="role" x="${star === NOTHING ? 18 : 42}" y="${top + 54}">${report.role}</text>
${ports}
</svg>`;
}

function drawPort(state: PageState, port: PortReport, y: number, width: number): Markup {
  const status = portStatus(state, port);
  const strict = state.evidence?.mtls.some((m) => m.port === port.port && m.mode === 'strict');
  const lock = strict
    ? markup`<text class="detail" x="${width - 36}" y="${y + 12}" text-anchor="end">mTLS</text><g class="lock" transform="translate(${width - 30} ${y + 0.5})"><path d="M2 6V4a3 3 0 0 1 6 0v2"/><rect y="6" width="10" height="7" rx="1.5"/></g>`
    : NOTHING;
  return markup`<g class="port ${status}">
<circle cx="24" cy="${y + 7}" r="5.5" class="${port.listener ? 'open' : 'closed'}"/>
<text class="port-name" x="38" y="${y + 12}">${port.role} ${port.port}</text>${lock}
<text class="detail" x="38" y="${y + 27}">${portWords(state, port)}</text>
</g>`;
}

/** The port's own check where there is one; queues that count show here, and a port that need not be open is quiet. */
function portStatus({ report }: PageState, port: PortReport): CheckStatus | 'quiet' {
  const statusOf = (check: string) => report.checks.find(({ name }) => name === check)?.status;
  const own = statusOf(`${port.role}-port`);
  if (!port.listener && own !== 'fail') return 'quiet';
  const queues = statusOf('queues');
  const waits = (port.listener?.acceptQueue ?? 0) > 0 || port.unreadBytes > 0;
  if (waits && queues !== undefined && queues !== 'pass' && own !== 'fail') return queues;
  return own ?? 'unknown';
}

/** What matters most about a port in one short line: a queue first, then the listener and its links. */
function portWords({ report, profile }: PageState, port: PortReport): string {
  const waiting = port.listener?.acceptQueue ?? 0;
  const queues = [
    waiting > 0 ? `${waiting} not accepted` : '',
    port.unreadBytes > 0 ? `${size(port.unreadBytes)} unread` : '',
  ].filter(Boolean);
  const spec = profile.ports.find(({ role }) => role === port.role);
  const leadersOnly = !port.listener && spec?.listens === 'leader' && report.role !== 'leader';
  const listener = leadersOnly ? 'only the leader listens' : listenerWords(port);
  const { inbound, outbound } = port.links;
  const came = spec !== undefined && !isPeerPort(spec) ? 'connected' : 'in';
  const links = [inbound > 0 ? `${inbound} ${came}` : '', outbound > 0 ? `${outbound} out` : ''];
  const words = [...(queues.length > 0 ? queues : [listener]), ...links].filter(Boolean);
  return fitted(words.join(' · '), 36);
}
