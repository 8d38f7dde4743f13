import type { RuleSettings } from './settings.ts';

/** The templates that alerts are worded with, over the labels that name an ensemble. */
export interface Words {
  /** The ensemble: `cluster/namespace/ensemble`, without the parts that are not labelled. */
  readonly ensemble: string;
  /** The pod: `cluster/namespace/pod`. */
  readonly pod: string;
  /** Each series of the ensemble that meets an expression, by one of its labels. */
  ofEnsemble(listed: Listed): string;
  /** The same for one pod. */
  ofPod(listed: Listed): string;
}

interface Listed {
  readonly metric: string;
  /** Matchers beyond those of the ensemble or pod. */
  readonly matchers?: string;
  /** What the value must be, such as ` == 0`. */
  readonly where: string;
  readonly sortBy: string;
  /** A template over one series. */
  readonly shown: string;
  readonly none: string;
}

/** Words over the labels of these settings. */
export function wordsOf({ by }: RuleSettings): Words {
  const within = [...by.slice(0, -1), 'pod'];
  return {
    ensemble: pathOf(by),
    pod: pathOf(within),
    ofEnsemble: (listed) => eachOf(listed, by),
    ofPod: (listed) => eachOf(listed, within),
  };
}

function pathOf(labels: readonly string[]): string {
  return labels
    .map((label, index) =>
      index === labels.length - 1
        ? `{{ $labels.${label} }}`
        : `{{ with $labels.${label} }}{{ . }}/{{ end }}`,
    )
    .join('');
}

/** Matchers to be filled in by `printf`, one `%q` for each label. */
export function queryOf(
  { metric, matchers, where }: Pick<Listed, 'metric' | 'matchers' | 'where'>,
  labels: readonly string[],
): string {
  const selector = [matchers, ...labels.map((label) => `${label}=%q`)].filter(Boolean).join(',');
  const values = labels.map((label) => `$labels.${label}`).join(' ');
  return `printf ${JSON.stringify(`${metric}{${selector}}${where}`)} ${values} | query`;
}

function eachOf(listed: Listed, labels: readonly string[]): string {
  const { sortBy, shown, none } = listed;
  return `{{ range ${queryOf(listed, labels)} | sortByLabel "${sortBy}" }} ${shown}{{ else }} ${none}{{ end }}`;
}
