import type { Address } from './socket.ts';

/** Where Istio and Kuma dial the application from: `pilot/pkg/networking/core/listener_address.go`. */
const PASSTHROUGH_SOURCES: ReadonlySet<Address> = new Set(['127.0.0.6', '::6']);

export function isPassthroughSource(address: Address): boolean {
  return PASSTHROUGH_SOURCES.has(address);
}
