import ipaddr from 'ipaddr.js';
import type { Address } from '../model/socket.ts';
import { Problem, quote } from './problem.ts';

/**
 * An address in its shortest form, IPv4-mapped ones as plain IPv4; `null` where the text is none.
 * IPv6 may stand in brackets. Only the dotted-decimal form of IPv4 counts: what else the C library
 * takes (`10.1`, `010.0.0.1`) means another address than it seems to.
 */
export function normalAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (!bare.includes(':') || bare.includes('%') || !ipaddr.IPv6.isValid(bare)) return null;
  return ipaddr.process(bare).toString();
}

export function isWildcard(address: Address): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** One of the pod's own addresses. */
export function parsePodAddress(text: string): Address {
  const address = normalAddress(text);
  if (address === null) {
    throw new Problem(`${quote(text)} is not an IP address; write it as 10.0.0.7 or fd00::7`);
  }
  if (isWildcard(address)) {
    throw new Problem(`${quote(text)} means every address; write the pod's own`);
  }
  return address;
}
