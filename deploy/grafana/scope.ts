import type { RecordingRule, Records } from '../prometheus/records.ts';
import { recordsOf } from '../prometheus/records.ts';
import type { RuleSettings } from '../prometheus/settings.ts';

/** What the queries of a dashboard are limited to by its variables. */
export interface Scope {
  readonly settings: RuleSettings;
  readonly records: Records;
  /** A metric of the probe, named without `quorum_probe_`; `more` narrows it further. */
  of(metric: string, more?: string): string;
  /** A metric of the probe's process, or `up`: such names are other programs' too. */
  ofTarget(metric: string): string;
  /** What a recording rule has recorded. */
  recorded(rule: RecordingRule, more?: string): string;
}

/** One ensemble: a variable for each label that names it. */
export function oneEnsemble(settings: RuleSettings): Scope {
  return scopeOf(
    settings,
    settings.by.map((label) => `${label}="$${label}"`),
  );
}

/** Every ensemble of the clusters and namespaces that are chosen, one or many of each. */
export function everyEnsemble(settings: RuleSettings): Scope {
  return scopeOf(
    settings,
    settings.by.slice(0, -1).map((label) => `${label}=~"$${label}"`),
  );
}

function scopeOf(settings: RuleSettings, chosen: readonly string[]): Scope {
  const selected = (name: string, more: readonly string[]): string =>
    `${name}{${[...chosen, ...more].join(',')}}`;
  return {
    settings,
    records: recordsOf(settings),
    of: (metric, more) => selected(`quorum_probe_${metric}`, more === undefined ? [] : [more]),
    ofTarget: (metric) => selected(metric, [`job="${settings.job}"`]),
    recorded: ({ record }, more) => selected(record, more === undefined ? [] : [more]),
  };
}
