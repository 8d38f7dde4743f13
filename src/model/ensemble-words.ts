/** What is known of the whole ensemble in one word, as a report's own verdict is of one member. */
export const ENSEMBLE_VERDICTS = ['healthy', 'degraded', 'broken', 'unknown'] as const;

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
