import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DataTransformerConfig,
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
import type { State } from './states.ts';

/** The Prometheus that the variable `datasource` names. */
export const datasource = { type: 'prometheus', uid: '$datasource' };

/** What a panel shows: its title, what to read from it, and its queries by legend. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** Of the 24 columns of a row. */
  readonly columns: number;
  readonly unit?: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
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
      all.withTarget(new DataqueryBuilder().refId(letter(index)).expr(expr).legendFormat(legend)),
    withUnit,
  );
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** Lines over time. */
export function chart(spec: PanelSpec): TimeseriesBuilder {
  return queried(new TimeseriesBuilder(), spec, 7).lineWidth(1).fillOpacity(8);
}

/** Which figures are good: at least so many, or at most. */
export type Good = { readonly from: number } | { readonly upTo: number };

/** One figure, green where it is good and red elsewhere. */
export function figure(spec: PanelSpec, good: Good): StatBuilder {
  const steps =
    'from' in good
      ? [
          { value: null, color: 'red' },
          { value: good.from, color: 'green' },
        ]
      : [
          { value: null, color: 'green' },
          { value: good.upTo + 1, color: 'red' },
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

/** A column of a table. */
export interface Column {
  /** The label, or `Value` of a table's only query, or `Value #A`, `Value #B` … of several. */
  readonly field: string;
  readonly heading: string;
  /** Where a click on a cell leads; `${__data.fields.Heading}` stands for a cell of the row. */
  readonly link?: { readonly title: string; readonly url: string };
  /** Words for the figures of the column. */
  readonly states?: readonly State[];
}

/** The present series as rows: those of several queries with the same labels are one row. */
export function list(spec: PanelSpec, columns: readonly Column[]): TableBuilder {
  const panel = new TableBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .span(spec.columns)
    .height(7)
    .noValue('none')
    .transformations(transformations(spec.queries.length, columns));
  const withQueries = spec.queries.reduce(
    (all, { expr }, index) =>
      all.withTarget(
        new DataqueryBuilder()
          .refId(letter(index))
          .expr(expr)
          .instant()
          .format(PromQueryFormat.Table),
      ),
    panel,
  );
  return columns.reduce((all, { heading, link, states }) => {
    const properties = [
      ...(link === undefined
        ? []
        : [{ id: 'links', value: [{ ...link, targetBlank: !link.url.startsWith('/') }] }]),
      ...(states === undefined ? [] : [{ id: 'mappings', value: mappings(states) }]),
    ];
    return properties.length === 0 ? all : all.overrideByName(heading, properties);
  }, withQueries);
}

function transformations(queries: number, columns: readonly Column[]): DataTransformerConfig[] {
  const fields = columns.map(({ field }) => field);
  const organize = {
    id: 'organize',
    options: {
      includeByName: Object.fromEntries(fields.map((field) => [field, true])),
      indexByName: Object.fromEntries(fields.map((field, index) => [field, index])),
      renameByName: Object.fromEntries(columns.map(({ field, heading }) => [field, heading])),
    },
  };
  return queries > 1 ? [{ id: 'merge', options: {} }, organize] : [organize];
}
