/** What is known of the way between two members, from the rows of both ends. */
export const PATH_KINDS = [
  'connected',
  'one-way',
  'cut',
  'half-open',
  'not-connected',
  'unknown',
] as const;

/** By what a member was judged. */
export const SEEN_BY = ['tables', 'probe', 'nothing'] as const;

export const HEALTHS = ['healthy', 'not-healthy', 'unknown'] as const;
export type Health = (typeof HEALTHS)[number];
