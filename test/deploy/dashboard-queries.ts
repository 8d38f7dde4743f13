import { dashboardFiles } from '../../deploy/grafana/generate.ts';
import { type DashboardQuery, queriesOf } from '../../deploy/grafana/queries.ts';
import { DEFAULT_SETTINGS } from '../../deploy/prometheus/settings.ts';

/** Every query of the dashboards, with Grafana's variables in it. */
export function dashboardQueries(): readonly DashboardQuery[] {
  return [...dashboardFiles(DEFAULT_SETTINGS)].flatMap(([file, text]) =>
    queriesOf(text).map((query) => ({ ...query, at: `${file}: ${query.of} ${query.at}` })),
  );
}

/** A query as Grafana sends it to Prometheus, when the variables have these values. */
export function filledIn(
  { of, expr }: DashboardQuery,
  variables: Readonly<Record<string, string>>,
): string {
  const query = expr.replace(/\$(\w+)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the dashboard has a variable $${name} unknown here`);
    return value;
  });
  return of === 'variable' ? labelValues(query) : query;
}

/** Grafana's `label_values(series, label)`, which is no PromQL, as a query that has the same answer. */
function labelValues(query: string): string {
  const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
  if (series === undefined) throw new Error(`not a query of label_values: ${query}`);
  return `group by (${label}) (${series})`;
}
