/** A number's word and colour. */
export interface State {
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

export const ROLES: readonly State[] = [
  { value: 1, text: 'leader', color: 'blue' },
  { value: 2, text: 'learner', color: 'green' },
  { value: 3, text: 'member', color: 'green' },
  { value: 4, text: 'standalone', color: 'purple' },
  { value: 5, text: 'looking', color: 'orange' },
  { value: 6, text: 'absent', color: 'red' },
  { value: 7, text: 'unknown', color: 'gray' },
];

export const VERDICTS: readonly State[] = [
  { value: 0, text: 'healthy', color: 'green' },
  { value: 1, text: 'degraded', color: 'yellow' },
  { value: 2, text: 'broken', color: 'red' },
  { value: 3, text: 'unknown', color: 'gray' },
];

export const READY: readonly State[] = [
  { value: 0, text: 'not ready', color: 'red' },
  { value: 1, text: 'ready', color: 'green' },
];

export const LINKED: readonly State[] = [
  { value: 0, text: 'no link', color: 'red' },
  { value: 1, text: 'linked', color: 'green' },
];
