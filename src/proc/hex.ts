import ipaddr from 'ipaddr.js';
import type { Address } from '../model/socket.ts';

const INVALID = 0xff;
const SPACE = 0x20;

/** Value of an ASCII hex digit, or 0xff. */
const DIGIT = new Uint8Array(256).fill(INVALID);
for (let value = 0; value < 16; value += 1) {
  DIGIT[value.toString(16).charCodeAt(0)] = value;
  DIGIT[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** The number in `length` hex digits at `from`, or -1 where one of them is no digit. */
export function hexAt(bytes: Uint8Array, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at += 1) {
    const digit = DIGIT[bytes[at] ?? 0] ?? INVALID;
    if (digit === INVALID) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/**
 * The address in `digits` (8 or 32) hex digits at `from`, or `null` where one is no digit.
 * The kernel prints each 32-bit word as a native integer of its network-order bytes
 * (`net/ipv4/tcp_ipv4.c get_tcp4_sock`, `net/ipv6/tcp_ipv6.c get_tcp6_sock`), so a little-endian
 * machine shows the bytes reversed.
 */
export function addressAt(
  bytes: Uint8Array,
  from: number,
  digits: number,
  littleEndian: boolean,
): Address | null {
  const octets: number[] = [];
  for (let word = from; word < from + digits; word += 8) {
    for (let octet = 0; octet < 4; octet += 1) {
      const value = hexAt(bytes, word + (littleEndian ? 6 - octet * 2 : octet * 2), 2);
      if (value < 0) return null;
      octets.push(value);
    }
  }
  return addressOf(octets);
}

/** The address of 4 or 16 octets, the most significant first. */
export function addressOf(octets: readonly number[]): Address {
  if (octets.every((octet) => octet === 0)) return '*';
  if (octets.length === 4) return octets.join('.');
  const mapped = octets.slice(0, 10).every((octet) => octet === 0);
  if (mapped && octets[10] === 0xff && octets[11] === 0xff) {
    const v4 = octets.slice(12);
    return v4.every((octet) => octet === 0) ? '*' : v4.join('.');
  }
  return ipaddr.fromByteArray([...octets]).toString();
}

/** Where the column that begins at or after `from` ends; `end` where there is none. */
export function columnEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at += 1;
  while (at < end && bytes[at] !== SPACE) at += 1;
  return at;
}

/** The decimal number that ends at `end`, spaces before it skipped; -1 where there is none. */
export function decimalBefore(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at += 1;
  if (at === end) return -1;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
