import * as z from 'zod';
import { dashboard } from '../../deploy/grafana/dashboard.ts';
import { ENSEMBLE_LABELS } from './prometheus.ts';

/** What Grafana puts in for its own variables; four scrapes make a rate. */
const VARIABLES: Readonly<Record<string, string>> = {
  ...ENSEMBLE_LABELS,
  __rate_interval: '4s',
};

const dashboardSchema = z.looseObject({
  panels: z.array(
    z.looseObject({
      title: z.string(),
      targets: z.array(z.looseObject({ expr: z.string() })).default([]),
    }),
  ),
  templating: z.looseObject({
    list: z.array(
      z.looseObject({
        name: z.string(),
        type: z.string(),
        query: z.union([z.string(), z.looseObject({ query: z.string() })]).optional(),
      }),
    ),
  }),
});

/** Every query of the dashboard, its variables' too, as Grafana sends it to Prometheus. */
export function dashboardQueries(): readonly { panel: string; expression: string }[] {
  const { panels, templating } = dashboardSchema.parse(JSON.parse(dashboard()));
  const ofPanels = panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ panel: title, expression: filledIn(expr) })),
  );
  const ofVariables = templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({
      panel: `the variable ${name}`,
      expression: labelValues(filledIn(typeof query === 'string' ? query : (query?.query ?? ''))),
    }));
  return [...ofPanels, ...ofVariables];
}

function filledIn(query: string): string {
  return query.replace(/\$(\w+)/g, (_, name: string) => {
    const value = VARIABLES[name];
    if (value === undefined) throw new Error(`the dashboard has a variable $${name} unknown here`);
    return value;
  });
}

/** Grafana's `label_values(series, label)`, which is no PromQL, as a query that has the same answer. */
function labelValues(query: string): string {
  const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
  if (series === undefined) throw new Error(`not a query of label_values: ${query}`);
  return `group by (${label}) (${series})`;
}
