/** The ports of which one kind of row was read: every port, or these. */
export type Extent = 'every-port' | ReadonlySet<number>;

/** How much of the pod's socket table was read. What lies outside it is not known, and never absent. */
export type Coverage =
  | { readonly kind: 'whole' }
  /** There were more rows than are kept: what was kept was there, and what is missing may have been there too. */
  | { readonly kind: 'truncated'; readonly listenersMissing: boolean }
  /** A pasted listing, which may leave out a kind of row or all rows of a port. */
  | {
      readonly kind: 'listing';
      readonly listeners: Extent;
      readonly connections: Extent;
      /** `stated`: the command in the paste says so; `assumed`: nothing in the rows contradicts it. */
      readonly basis: 'stated' | 'assumed';
    };

export const WHOLE: Coverage = { kind: 'whole' };

/** Whether a listener of the port would have been seen, had there been one. */
export function coversListener(coverage: Coverage, port: number): boolean {
  switch (coverage.kind) {
    case 'whole':
      return true;
    case 'truncated':
      return !coverage.listenersMissing;
    case 'listing':
      return covers(coverage.listeners, port);
  }
}

/** Whether every connection of the port would have been seen. */
export function coversConnections(coverage: Coverage, port: number): boolean {
  switch (coverage.kind) {
    case 'whole':
      return true;
    case 'truncated':
      return false;
    case 'listing':
      return covers(coverage.connections, port);
  }
}

function covers(extent: Extent, port: number): boolean {
  return extent === 'every-port' || extent.has(port);
}
