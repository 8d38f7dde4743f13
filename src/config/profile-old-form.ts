/** The words of the form of before, and what they are called now. */
const PAIRWISE = new Map([
  ['mesh', false],
  ['mesh-both-ways', true],
]);

/**
 * A profile in the form of before, in which `links` was one word beside `perPair` and the word for links
 * between all pairs was `mesh`, in the form of now. Whatever else the value is, it comes back as it was.
 */
export function fromOldForm(profile: unknown): unknown {
  if (!isRecord(profile)) return profile;
  const { ports, quorum } = profile;
  return {
    ...profile,
    ...(Array.isArray(ports) ? { ports: ports.map(portFromOldForm) } : {}),
    ...(isRecord(quorum) && quorum['kind'] === 'mesh'
      ? { quorum: { ...quorum, kind: 'pairwise' } }
      : {}),
  };
}

function portFromOldForm(port: unknown): unknown {
  if (!isRecord(port) || typeof port['links'] !== 'string') return port;
  const { perPair = null, ...rest } = port;
  const kind = port['links'];
  const bothWays = PAIRWISE.get(kind);
  const shape = bothWays === undefined ? { kind } : { kind: 'pairwise', bothWays };
  return { ...rest, links: perPair === null ? shape : { ...shape, perPair } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
