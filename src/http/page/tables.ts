import { isNotApplicable, NOT_APPLICABLE } from '../../model/check.ts';
import type { Report } from '../../model/report.ts';
import { type PeerFigure, peerFigures } from './lanes.ts';
import { quietMark, statusMark } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageState } from './state.ts';
import { counted, duration, listenerWords, size } from './words.ts';

const MOST_LINKS = 48;
const MOST_PEERS = 32;

/** Every check with its reason; one that does not apply says so, and is no success. */
export function checksSection({ report }: PageState): Markup {
  return markup`<h2>Checks</h2>
<ul class="checks">${report.checks.map((check) => {
    const { name, status, reason } = check;
    if (!isNotApplicable(check)) return checkLine(name, status, statusMark(status), status, reason);
    const rest = reason.slice(NOT_APPLICABLE.length).replace(/^: /, '');
    return checkLine(name, 'quiet-check', quietMark(), NOT_APPLICABLE, rest);
  })}</ul>`;
}

function checkLine(
  name: string,
  kind: string,
  mark: Markup,
  words: string,
  reason: string,
): Markup {
  return markup`<li class="${kind}">${mark}<span><strong>${name}</strong> <span class="status">${words}</span><br>${reason}</span></li>`;
}

/** The picture as tables: for eyes that want figures, and for those that cannot see it. */
export function tablesSection(state: PageState): Markup {
  const { report } = state;
  const links = report.links.slice(0, MOST_LINKS);
  const peers = peerFigures(state).slice(0, MOST_PEERS);
  return markup`<details id="all-tables"><summary>Peers, links and ports as tables</summary>
${table('Peers', ['Member', 'Addresses', 'Status', 'Role'], peers.map(peerRow))}
${table('Links', ['Port', 'Direction', 'Peer', 'State', 'Unacknowledged'], links.map(linkRow))}
${report.links.length > links.length ? markup`<p class="quiet">${counted(report.links.length - links.length, 'more link')} in the <a href="api/v1/report">report</a>.</p>` : NOTHING}
${table('Ports', ['Port', 'Listener', 'In', 'Out', 'Stalled', 'Waiting', 'Unread'], report.ports.map(portRow))}
</details>`;
}

function table(caption: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  if (rows.length === 0) return NOTHING;
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function row(head: string, cells: readonly string[]): Markup {
  return markup`<tr><th scope="row">${head}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`;
}

function peerRow({ name, addresses, status, role }: PeerFigure): Markup {
  const words = status === 'stranger' ? 'linked, but not a member' : status;
  return row(name, [addresses.join(', ') || '–', words, role === 'unknown' ? '–' : role]);
}

function linkRow(link: Report['links'][number]): Markup {
  const state = link.stalledMs === null ? link.state : `${link.state} ${duration(link.stalledMs)}`;
  return row(`${link.role} ${link.port}`, [
    link.direction,
    link.peer ?? 'behind the proxy',
    state,
    size(link.unackedBytes),
  ]);
}

function portRow(port: Report['ports'][number]): Markup {
  return row(`${port.role} ${port.port}`, [
    listenerWords(port),
    String(port.links.inbound),
    String(port.links.outbound),
    String(port.links.stalled),
    String(port.listener?.acceptQueue ?? 0),
    size(port.unreadBytes),
  ]);
}
