import { CAPTURE_PORTS } from '../../src/links/mesh.ts';
import { hostsOf } from '../../src/listings/hosts.ts';
import { parseListing } from '../../src/listings/listing.ts';
import { tableOfHost } from '../../src/listings/table.ts';
import { WHOLE } from '../../src/model/coverage.ts';
import type { Socket } from '../../src/model/socket.ts';
import type { WatchedPorts } from '../../src/proc/tcp-table.ts';

/** What a listing says of all its hosts together. */
export interface Read {
  readonly sockets: readonly Socket[];
  readonly duplicates: number;
  readonly malformed: Readonly<Record<string, number>>;
  readonly ignoredLines: number;
  readonly mayBeCut: boolean;
  /** The names of its hosts; `null` where it names none. */
  readonly hosts: readonly (string | null)[];
}

const NONE: WatchedPorts = { counted: [], peer: [], capture: [], markers: [] };

export function read(text: string): Read {
  const { sections, ignoredLines } = parseListing(text);
  const hosts = hostsOf(sections, (port) => CAPTURE_PORTS.includes(port));
  const malformed: Record<string, number> = {};
  for (const host of hosts) {
    for (const [reason, rows] of Object.entries(tableOfHost(host, NONE, WHOLE).malformed)) {
      malformed[reason] = (malformed[reason] ?? 0) + rows;
    }
  }
  return {
    sockets: hosts.flatMap(({ sockets }) => sockets),
    duplicates: hosts.reduce((sum, { duplicates }) => sum + duplicates, 0),
    malformed,
    ignoredLines,
    mayBeCut: sections.some(({ cutPorts }) => cutPorts.size > 0),
    hosts: hosts.map(({ name }) => name),
  };
}
