import type { Report } from '../../model/report.ts';
import { type PeerFigure, peerFigures } from './lanes.ts';
import { statusMark } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageState } from './state.ts';
import { clockTime, counted, duration, listenerWords, size } from './words.ts';

const MOST_LINKS = 48;
const MOST_PEERS = 32;
const MOST_TRANSITIONS = 12;

/** Every check with its reason. */
export function checksSection({ report }: PageState): Markup {
  return markup`<h2>Checks</h2>
<ul class="checks">${report.checks.map(
    (check) =>
      markup`<li class="${check.status}">${statusMark(check.status)}<span><strong>${check.name}</strong> <span class="status">${check.status}</span><br>${check.reason}</span></li>`,
  )}</ul>`;
}

/** The last changes, the newest first. */
export function transitionsSection({ transitions }: PageState): Markup {
  const last = transitions.slice(-MOST_TRANSITIONS).toReversed();
  if (last.length === 0) {
    return markup`<div class="line"><h2>What changed</h2><p class="quiet">Nothing since the probe started.</p></div>`;
  }
  const items = last.map(
    ({
      at,
      kind,
      from,
      to,
      lastedMs,
      detail,
    }) => markup`<li><time datetime="${at}">${clockTime(at)}</time>
<span><strong>${kind}</strong> ${from} <span aria-hidden="true">→</span><span class="unseen">to</span> <strong>${to}</strong>${lastedMs === null ? '' : ` after ${duration(lastedMs)}`}${detail ? markup`<br>${detail}` : NOTHING}</span></li>`,
  );
  return markup`<h2>What changed</h2><ol class="transitions">${items}</ol>`;
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
  const words = status === 'stranger' ? 'linked, but no member' : status;
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
