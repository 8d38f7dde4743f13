import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Address } from '../model/socket.ts';

/**
 * An address as `ss` or `netstat -n` prints it, in the model's form: brackets and interface scope
 * dropped, IPv4-mapped addresses as plain IPv4, either wildcard as `*`. `null` for a name.
 */
export function parseAddress(text: string): Address | null {
  const bare = text.replace(/%[^\]]*/, '').replace(/^\[(.*)\]$/, '$1');
  if (bare === '*') return '*';
  if (isIPv4(bare)) return bare === '0.0.0.0' ? '*' : bare;
  if (!isIPv6(bare)) return null;
  const parsed = ipaddr.IPv6.parse(bare);
  const plain = parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
  const shortest = plain.toString();
  return shortest === '::' || shortest === '0.0.0.0' ? '*' : shortest;
}
