import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  MappingType,
  type Panel,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const datasource = { type: 'prometheus', uid: '$datasource' };

/** What a panel shows: its title, what to read from it, and its queries by legend. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** Of the 24 columns of a row. */
  readonly columns: number;
  readonly unit?: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

/** A number's word and colour. */
export interface State {
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

type QueriedPanel<T> = Builder<Panel> & {
  title(title: string): T;
  description(description: string): T;
  datasource(ref: typeof datasource): T;
  span(columns: number): T;
  height(rows: number): T;
  withTarget(target: DataqueryBuilder): T;
  unit(unit: string): T;
};

function queried<T extends QueriedPanel<T>>(panel: T, spec: PanelSpec, rows: number): T {
  const titled = panel
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .span(spec.columns)
    .height(rows);
  const withUnit = spec.unit === undefined ? titled : titled.unit(spec.unit);
  return spec.queries.reduce(
    (all, { expr, legend }, index) =>
      all.withTarget(
        new DataqueryBuilder()
          .refId(String.fromCharCode(65 + index))
          .expr(expr)
          .legendFormat(legend),
      ),
    withUnit,
  );
}

/** Lines over time. */
export function chart(spec: PanelSpec): TimeseriesBuilder {
  return queried(new TimeseriesBuilder(), spec, 7).lineWidth(1).fillOpacity(8);
}

/** One figure, red below `green` and green from there on. */
export function figure(spec: PanelSpec, green: number): StatBuilder {
  const steps = [
    { value: null, color: 'red' },
    { value: green, color: 'green' },
  ];
  return queried(new StatBuilder(), spec, 4)
    .noValue('not known')
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
}

function mappings(states: readonly State[]): ValueMapping[] {
  return [
    {
      type: MappingType.ValueToText,
      options: Object.fromEntries(
        states.map(({ value, text, color }, index) => [String(value), { text, color, index }]),
      ),
    },
    {
      type: MappingType.SpecialValue,
      options: {
        match: SpecialValueMatch.NullAndNan,
        result: { text: 'not known', color: 'gray', index: states.length },
      },
    },
  ];
}

/** A band of words for each member over time. */
export function timeline(spec: PanelSpec, states: readonly State[]): StateTimelineBuilder {
  return queried(new StateTimelineBuilder(), spec, 6).mappings(mappings(states)).fillOpacity(70);
}

/** The present series as rows, with the labels that matter as columns. */
export function list(spec: PanelSpec, columns: Readonly<Record<string, string>>): TableBuilder {
  const renamed = Object.keys(columns);
  const panel = new TableBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .span(spec.columns)
    .height(7)
    .noValue('none')
    .withTransformation({
      id: 'organize',
      options: {
        includeByName: Object.fromEntries(renamed.map((name) => [name, true])),
        indexByName: Object.fromEntries(renamed.map((name, index) => [name, index])),
        renameByName: columns,
      },
    });
  return spec.queries.reduce(
    (all, { expr }) =>
      all.withTarget(
        new DataqueryBuilder().refId('A').expr(expr).instant().format(PromQueryFormat.Table),
      ),
    panel,
  );
}
