import { CAPTURE_PORTS } from '../../src/links/mesh.ts';
import { type CoverageReading, coverageOf } from '../../src/listings/coverage.ts';
import { hostsOf } from '../../src/listings/hosts.ts';
import { parseListing } from '../../src/listings/listing.ts';
import type { Extent } from '../../src/model/coverage.ts';
import type { Profile } from '../../src/model/profile.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

/** What the only host of a listing shows, in one line: `every-port` or ports of the profile, `-` for none. */
export interface Covers {
  readonly listeners: string;
  readonly connections: string;
  readonly basis: 'stated' | 'assumed' | 'whole';
  readonly gaps: string;
}

export function readings(text: string, profile: Profile = zookeeper): CoverageReading[] {
  const hosts = hostsOf(parseListing(text).sections, (port) => CAPTURE_PORTS.includes(port));
  return hosts.map((host) => coverageOf(host, profile, CAPTURE_PORTS));
}

export function covers(text: string, profile: Profile = zookeeper): Covers {
  const found = readings(text, profile);
  const [reading] = found;
  if (reading === undefined || found.length > 1) throw new Error(`${found.length} hosts`);
  const { coverage, gaps } = reading;
  const words = [...gaps].sort().join(' ');
  if (coverage.kind !== 'listing') {
    return { listeners: 'every-port', connections: 'every-port', basis: 'whole', gaps: words };
  }
  const own = profile.ports.flatMap(({ ports }) => ports);
  const named = (extent: Extent): string => {
    if (extent === 'every-port') return extent;
    return own.filter((port) => extent.has(port)).join(' ') || '-';
  };
  const { listeners, connections, basis } = coverage;
  return { listeners: named(listeners), connections: named(connections), basis, gaps: words };
}
