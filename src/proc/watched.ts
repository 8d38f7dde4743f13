import { isPeerPort, type Profile } from '../model/profile.ts';
import type { WatchedPorts } from './tcp-table.ts';

/** A profile's ports, and a mesh proxy's, by how closely their rows are read. */
export function watchedPorts(
  profile: Profile,
  capture: readonly number[],
  markers: readonly number[],
): WatchedPorts {
  const portsOf = (clients: boolean): number[] =>
    profile.ports.filter((spec) => isPeerPort(spec) !== clients).flatMap((spec) => spec.ports);
  return { counted: portsOf(true), peer: portsOf(false), capture, markers };
}
