import type { Address } from './socket.ts';

/** 127.0.0.0/8 and ::1, the passthrough sources among them. */
export function isLoopback(address: Address): boolean {
  return address.startsWith('127.') || address === '::1' || address === '::6';
}

export function isWildcard(address: Address): boolean {
  return address === '*';
}

/** Where Istio and Kuma dial the application from: `pilot/pkg/networking/core/listener_address.go`. */
const PASSTHROUGH_SOURCES: ReadonlySet<Address> = new Set(['127.0.0.6', '::6']);

export function isPassthroughSource(address: Address): boolean {
  return PASSTHROUGH_SOURCES.has(address);
}
