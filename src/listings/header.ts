import type { Asked } from './asked.ts';

/** What a line above the rows says: which kinds of rows were asked for, or which table it heads. */
export type Header =
  | { readonly kind: 'internet'; readonly asked: Asked | 'servers-or-not' | null }
  /** `cut`: its last word is not whole, as at the right edge of a terminal. */
  | { readonly kind: 'ss'; readonly stateless: boolean; readonly cut: boolean }
  | { readonly kind: 'proc'; readonly family: 4 | 6 }
  | { readonly kind: 'datagrams' }
  | { readonly kind: 'columns' }
  | { readonly kind: 'none' };

const KINDS = { family: 'both', processes: 'all', onlyState: null, filters: [] } as const;
const ALL: Asked = { listeners: true, connections: true, ...KINDS };
const LISTENERS: Asked = { listeners: true, connections: false, ...KINDS };
const CONNECTIONS: Asked = { listeners: false, connections: true, ...KINDS };

/** "Active Internet connections" in the languages of net-tools (`po/`) and of the distributions' own packages. */
const INTERNET = /internet|интернет|インターネット|ინტერნეტ|인터넷/i;
const WITHOUT =
  /^(?:w\/o|without|sin |ohne |sans |senza |utan |ilma |bez |без |servidors w\/o|სერვერების გარეშე|不含|없이)/i;
const ONLY =
  /^(?:only|s[oó]lo |nur |seulement|somente|apenas|pouze|endast|ainult|tylko|только|només|仅|僅|只|სერვერები მხოლოდ|მხოლოდ)|のみ$|만$/i;
const BOTH = /including|\s(?:and|y|und|et|e|i|a|och|ja|и|da)\s|と|和|及|და|및/i;

/** Shorter than any header. */
const MIN_HEADER_CHARS = 12;

/** Reads the header lines of `netstat`, `ss` and `/proc/net`. */
export function headerOf(line: string): Header {
  if (line.length < MIN_HEADER_CHARS) return { kind: 'none' };
  if (/\blocal_address\s+rem(?:ote)?_address\b/.test(line)) {
    // The column `drops` is of the datagram tables alone.
    if (line.includes('drops')) return { kind: 'datagrams' };
    return { kind: 'proc', family: line.includes('remote_address') ? 6 : 4 };
  }
  if (INTERNET.test(line) && line.length < 200) {
    const words = /[(（]([^()（）]{2,80})[)）]\s*$/.exec(line)?.[1]?.trim();
    if (words !== undefined) return { kind: 'internet', asked: askedBy(words) };
    // BSD prints no word more where listeners were not asked for.
    if (/^[\s#>*]{0,8}Active Internet connections\s*$/.test(line))
      return { kind: 'internet', asked: CONNECTIONS };
  }
  if (/\bRecv-Q\s+Send-Q\s+Local Address:Port\b/.test(line)) {
    const cut = !/(?:Address:Port|Process|\bPeer|\bAddress:)\s*$/.test(line);
    return { kind: 'ss', stateless: !/\bState\b/.test(line), cut };
  }
  return /^[\s#|>]{0,8}(?:(?:Proto|Netid)\b.{0,120}\bState\b|Proto\s{1,4}\S|COMMAND\s+PID\b)/i.test(
    line,
  )
    ? { kind: 'columns' }
    : { kind: 'none' };
}

function askedBy(words: string): Asked | 'servers-or-not' | null {
  // The Portuguese translation says "without servers" for both.
  if (/^sem os servidores$/i.test(words)) return 'servers-or-not';
  if (WITHOUT.test(words) || words.startsWith('w/o')) return CONNECTIONS;
  if (ONLY.test(words)) return LISTENERS;
  return BOTH.test(words) ? ALL : null;
}

export { ALL as ALL_KINDS, CONNECTIONS as CONNECTIONS_ALONE, LISTENERS as LISTENERS_ALONE };
