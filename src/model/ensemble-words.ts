/** What is known of the whole ensemble in one word, as a report's own verdict is of one member. */
export const ENSEMBLE_VERDICTS = ['healthy', 'degraded', 'broken', 'unknown'] as const;
export type EnsembleVerdict = (typeof ENSEMBLE_VERDICTS)[number];

export const TROUBLE_KINDS = [
  'leaders',
  'absent',
  'out',
  'uncounted',
  'cut',
  'link',
  'members',
  'unseen',
] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];
