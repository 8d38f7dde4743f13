import type { Member } from './ensemble.ts';

type Series = Readonly<Record<string, number>>;

/** A change of a series that an alert would rest on. */
export interface MetricChange {
  readonly at: Member;
  readonly name: string;
  readonly changed: (series: Series) => boolean;
}

export function outOfQuorum(at: Member): MetricChange {
  return { at, name: 'in_quorum 0', changed: (series) => value(series, 'in_quorum') === 0 };
}

export function stalledLinks(at: Member): MetricChange {
  return {
    at,
    name: 'stalled_links',
    changed: (series) =>
      Object.entries(series).some(
        ([name, count]) => name.startsWith('quorum_probe_stalled_links{') && count > 0,
      ),
  };
}

/** The leader's count of voters that may still be lost. */
export function margin(at: Member, expected: number): MetricChange {
  return {
    at,
    name: `quorum_margin ${expected}`,
    changed: (series) => value(series, 'quorum_margin') === expected,
  };
}

function value(series: Series, name: string): number | undefined {
  return series[`quorum_probe_${name}`];
}
