import type { Address } from '../model/socket.ts';

/** 127.0.0.0/8 and ::1, the passthrough sources among them. */
export function isLoopback(address: Address): boolean {
  return address.startsWith('127.') || address === '::1' || address === '::6';
}

export function isWildcard(address: Address): boolean {
  return address === '*';
}
