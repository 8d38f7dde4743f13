import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricDefinition, MetricSource, Sample } from './definition.ts';

/** What a registry serves. */
export interface Exposition {
  readonly contentType: string;
  render(source: MetricSource): Promise<string>;
}

/** One metric in the registry, with what it shows now. */
interface Shown {
  readonly definition: MetricDefinition;
  samples: readonly Sample[];
  /** As the registry writes `samples`; `null` before the first scrape. */
  text: Promise<string> | null;
  show(samples: readonly Sample[]): void;
}

/**
 * A registry of its own for `definitions`, in the Prometheus text format 0.0.4. A metric that cannot
 * be collected is reported to `onFailure` and never fails the scrape: its gauges show NaN and its
 * counters their last values.
 *
 * From one scrape to the next most metrics do not change, and writing them is most of a scrape's cost:
 * only those that changed are set and written anew.
 */
export function exposition(
  definitions: readonly MetricDefinition[],
  onFailure: () => void,
): Exposition {
  const registry = new Registry();
  const metrics = definitions.map((definition) => register(definition, registry));
  return {
    contentType: registry.contentType,
    async render(source) {
      // No await before the last metric is read: all of them show this source.
      const texts = metrics.map((metric) => textOf(metric, source, registry, onFailure));
      return `${(await Promise.all(texts)).join('\n\n')}\n`;
    },
  };
}

function textOf(
  metric: Shown,
  source: MetricSource,
  registry: Registry,
  onFailure: () => void,
): Promise<string> {
  const samples = collect(metric, source, onFailure);
  if (metric.text === null || !isSame(samples, metric.samples, metric.definition.labels)) {
    metric.samples = samples;
    metric.show(samples);
    // prom-client writes `Nan`; the format spells it `NaN`.
    metric.text = registry
      .getSingleMetricAsString(metric.definition.name)
      .then((text) => text.replaceAll(/ Nan$/gm, ' NaN'));
  }
  return metric.text;
}

function collect(
  { definition, samples: shown }: Shown,
  source: MetricSource,
  onFailure: () => void,
): readonly Sample[] {
  const isCounter = definition.type === 'counter';
  try {
    const samples = definition.samples(source);
    return isCounter ? withLastValues(samples, shown, definition.labels) : samples;
  } catch {
    onFailure();
    return isCounter ? shown : shown.map(({ labels }) => ({ labels, value: null }));
  }
}

/**
 * A metric's values are replaced as a whole: a label that is gone must not linger, and a counter's
 * value is the source's own running total, which prom-client's can only be brought to anew.
 */
function register({ type, ...definition }: MetricDefinition, registry: Registry): Shown {
  const { name, help, labels } = definition;
  const configuration = { name, help, labelNames: [...labels], registers: [registry] };
  const shown = { definition: { type, ...definition }, samples: [], text: null };
  if (type === 'gauge') {
    const gauge = new Gauge(configuration);
    return {
      ...shown,
      show(samples) {
        gauge.reset();
        for (const sample of samples) gauge.set(sample.labels, sample.value ?? Number.NaN);
      },
    };
  }
  const counter = new Counter(configuration);
  return {
    ...shown,
    show(samples) {
      counter.reset();
      for (const sample of samples) counter.inc(sample.labels, sample.value ?? Number.NaN);
    },
  };
}

/** A counter that cannot be read now keeps its last value: a fall to 0 would look like a restart. */
function withLastValues(
  samples: readonly Sample[],
  shown: readonly Sample[],
  names: readonly string[],
): readonly Sample[] {
  if (samples.every(({ value }) => value !== null)) {
    return samples;
  }
  return samples.map((sample) => {
    const last = shown.find((candidate) => hasSameLabels(candidate, sample, names));
    return { labels: sample.labels, value: sample.value ?? last?.value ?? null };
  });
}

function isSame(
  samples: readonly Sample[],
  shown: readonly Sample[],
  names: readonly string[],
): boolean {
  return (
    samples.length === shown.length &&
    samples.every((sample, index) => {
      const before = shown[index];
      return (
        before !== undefined &&
        Object.is(before.value, sample.value) &&
        hasSameLabels(before, sample, names)
      );
    })
  );
}

function hasSameLabels(one: Sample, other: Sample, names: readonly string[]): boolean {
  return names.every((name) => one.labels[name] === other.labels[name]);
}
