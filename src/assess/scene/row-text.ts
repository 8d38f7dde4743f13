import type { Endpoint, Socket } from '../../model/socket.ts';

/** An endpoint as `ss` prints it: IPv6 addresses in brackets. */
export function endpointText({ address, port }: Endpoint): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${host}:${port === 0 ? '*' : port}`;
}

/** One row as an operator reads it in `netstat -ane`: state, both ends, owner, queues, retransmissions. */
export function rowText(row: Socket): string {
  const parts = [row.state.toUpperCase(), endpointText(row.local)];
  if (row.state !== 'listen') parts.push(endpointText(row.remote));
  if (row.owner.kind === 'uid') parts.push(`uid=${row.owner.uid}`);
  else if (row.owner.kind === 'process') parts.push(`${row.owner.program}[${row.owner.pid}]`);
  else if (!row.accepted) parts.push('no owner yet');
  if (row.state === 'listen') parts.push(`waiting=${row.rxQueueBytes}`);
  else parts.push(`recv-q=${row.rxQueueBytes}`, `send-q=${row.txQueueBytes}`);
  if (row.retransmits > 0) parts.push(`retransmits=${row.retransmits}`);
  if (row.timer === 'keepalive' && row.unansweredProbes > 0)
    parts.push(`unanswered-keepalive-probes=${row.unansweredProbes}`);
  if (row.timer === 'window-probe') parts.push('probing a closed window');
  return parts.join(' ');
}

const EVIDENCE_ROWS = 8;

/** Rows as evidence, a few of them, and how many more there are. */
export function rowsText(rows: readonly Socket[]): string[] {
  return fewOf(rows, EVIDENCE_ROWS, rowText);
}

/** Names and addresses in one sentence; whoever opens connections makes as many as they like. */
const NAMES = 12;

/** Names or addresses for a sentence, each once and a few of them, and how many more there are. */
export function listed(names: Iterable<string>): string {
  return few([...new Set(names)]).join(', ');
}

/** Lines of evidence, a few of them, and how many more there are. */
export function few(lines: readonly string[]): string[] {
  return fewOf(lines, NAMES, (line) => line);
}

function fewOf<Item>(items: readonly Item[], most: number, text: (item: Item) => string): string[] {
  const shown = items.slice(0, most).map(text);
  const more = items.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
