import { readFileSync } from 'node:fs';

/** A row of this machine's `/proc/net/tcp`, `address:port`, states as the kernel numbers them. */
export interface Row {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
}

export const ESTABLISHED = '01';
export const LISTEN = '0A';

/** A deliberately plain reader, independent of the agent's own. */
export function readRows(): Row[] {
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line) => {
      const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
      return { local: endpoint(local), remote: endpoint(remote), state };
    });
}

/** `0B00007F:0885`, the address a native-endian word, is `127.0.0.11:2181`. */
function endpoint(text: string): string {
  const [word = '', port = ''] = text.split(':');
  const bytes = new DataView(Uint32Array.of(Number.parseInt(word, 16)).buffer);
  const address = [0, 1, 2, 3].map((index) => bytes.getUint8(index)).join('.');
  return `${address}:${Number.parseInt(port, 16)}`;
}
