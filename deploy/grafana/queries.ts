import * as z from 'zod';

/** A query of a dashboard: where it stands there, and what it asks. */
export interface DashboardQuery {
  readonly at: string;
  readonly of: 'panel' | 'variable' | 'annotation';
  readonly expr: string;
}

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
        query: z.union([z.string(), z.looseObject({ query: z.string() })]).optional(),
      }),
    ),
  }),
  annotations: z.looseObject({
    list: z.array(z.looseObject({ name: z.string(), expr: z.string().optional() })),
  }),
});

/** Every query of a dashboard's JSON, its variables' and annotations' too, with Grafana's variables in it. */
export function queriesOf(dashboard: string): readonly DashboardQuery[] {
  const { panels, templating, annotations } = dashboardSchema.parse(JSON.parse(dashboard));
  return [
    ...panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }): DashboardQuery => ({ at: title, of: 'panel', expr })),
    ),
    ...templating.list.flatMap(({ name, query }): DashboardQuery[] =>
      typeof query === 'object' ? [{ at: name, of: 'variable', expr: query.query }] : [],
    ),
    ...annotations.list.flatMap(({ name, expr }): DashboardQuery[] =>
      expr === undefined ? [] : [{ at: name, of: 'annotation', expr }],
    ),
  ];
}
