import type { Endpoint } from '../model/socket.ts';
import { parseAddress } from '../proc/printed-address.ts';

/** `ADDRESS:PORT` as `ss` or `netstat -n` prints it, `*` standing for port 0; `null` for names. */
export function parseEndpoint(text: string): Endpoint | null {
  const colon = text.lastIndexOf(':');
  if (colon < 1) return null;
  const port = parsePort(text.slice(colon + 1));
  const address = parseAddress(text.slice(0, colon));
  return port === null || address === null ? null : { address, port };
}

function parsePort(text: string): number | null {
  if (text === '*') return 0;
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65_535 ? port : null;
}
