import type { Counters } from '../model/report.ts';

/** `Tcp: names…` and `Tcp: values…` pairs, as in `snmp` and `netstat` (`net/ipv4/proc.c`). */
function namedValues(text: string, group: string): ReadonlyMap<string, number> {
  const [header = '', line = ''] = linesThatBegin(`\n${text}`, `\n${group}: `);
  const names = header.split(/\s+/);
  const values = line.split(/\s+/);
  const named = new Map<string, number>();
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at];
    const value = Number(values[at]);
    if (name !== undefined && Number.isSafeInteger(value) && value >= 0) named.set(name, value);
  }
  return named;
}

/** The first two lines of `text` that begin with `prefix`, which has the line break before it; `snmp` is read often. */
function linesThatBegin(text: string, prefix: string): readonly string[] {
  const lines: string[] = [];
  for (let at = text.indexOf(prefix); at >= 0 && lines.length < 2; ) {
    const end = text.indexOf('\n', at + 1);
    lines.push(text.slice(at + 1, end < 0 ? undefined : end));
    at = end < 0 ? -1 : text.indexOf(prefix, end);
  }
  return lines;
}

/** The kernel's TCP counters of this network namespace; `null` for what the texts do not say. */
export function parseCounters(snmp: string | null, netstat: string | null): Counters {
  const tcp = namedValues(snmp ?? '', 'Tcp');
  const ext = namedValues(netstat ?? '', 'TcpExt');
  return {
    activeOpens: tcp.get('ActiveOpens') ?? null,
    passiveOpens: tcp.get('PassiveOpens') ?? null,
    attemptFails: tcp.get('AttemptFails') ?? null,
    estabResets: tcp.get('EstabResets') ?? null,
    currEstab: tcp.get('CurrEstab') ?? null,
    retransSegs: tcp.get('RetransSegs') ?? null,
    outRsts: tcp.get('OutRsts') ?? null,
    listenOverflows: ext.get('ListenOverflows') ?? null,
    listenDrops: ext.get('ListenDrops') ?? null,
    timeouts: ext.get('TCPTimeouts') ?? null,
  };
}

/** Sockets in use, TIME_WAIT not among them, by `sockstat` (`TCP`) or `sockstat6` (`TCP6`). */
export function parseInUse(text: string, protocol: 'TCP' | 'TCP6'): number | null {
  const match = new RegExp(`^${protocol}: inuse (\\d+)`, 'm').exec(text);
  return match === null ? null : Number(match[1]);
}

export interface InterfaceCounters {
  readonly receive: { readonly bytes: number; readonly errors: number; readonly drops: number };
  readonly transmit: { readonly bytes: number; readonly errors: number; readonly drops: number };
}

/** Of `/proc/net/dev`: eight that count what was received, and eight what was sent. */
const COLUMNS = 16;

/** `/proc/net/dev` by interface name (`net/core/net-procfs.c dev_seq_printf_stats`). */
export function parseInterfaceCounters(text: string): ReadonlyMap<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>();
  for (const line of text.split('\n')) {
    // A name may hold colons itself, as that of an alias does.
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/, COLUMNS + 1);
    if (name === '' || /\s/.test(name)) continue;
    if (columns.length !== COLUMNS || !columns.every((column) => /^\d+$/.test(column))) continue;
    const values = columns.map(Number);
    const at = (column: number): number => values[column] ?? 0;
    interfaces.set(name, {
      receive: { bytes: at(0), errors: at(2), drops: at(3) },
      transmit: { bytes: at(8), errors: at(10), drops: at(11) },
    });
  }
  return interfaces;
}
