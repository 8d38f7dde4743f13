import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource } from './panels.ts';

/** Panels that stand in one row. */
export type Panels = readonly Builder<Panel>[];

/** What the dashboards have in common: one Prometheus, the same time for all panels, rows with a title. */
export function begun(title: string, uid: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['quorum-probe'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    );
}

/** Adds rows of panels under their titles, and writes the dashboard as Grafana imports it. */
export function written(builder: DashboardBuilder, rows: Readonly<Record<string, Panels>>): string {
  for (const [title, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  return `${JSON.stringify(builder.build(), null, 2)}\n`;
}

/** A variable that holds the values of a label, among the series of a query. */
export function labelVariable(label: string, series: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(`${label.charAt(0).toUpperCase()}${label.slice(1)}`)
    .datasource(datasource)
    .query({ query: `label_values(${series}, ${label})`, refId: label })
    .refresh(VariableRefresh.OnTimeRangeChanged);
}
