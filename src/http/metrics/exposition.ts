import { isDeepStrictEqual } from 'node:util';
import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricDefinition, MetricSource, Sample } from './definition.ts';

/** What a registry serves. */
export interface Exposition {
  readonly contentType: string;
  render(source: MetricSource): Promise<string>;
}

/**
 * A registry of its own for `definitions`, in the Prometheus text format 0.0.4. A metric that cannot
 * be collected is told to `onFailure` and never fails the scrape: its gauges show NaN and its
 * counters their last values.
 */
export function exposition(
  definitions: readonly MetricDefinition[],
  onFailure: () => void,
): Exposition {
  const registry = new Registry();
  let read = (_definition: MetricDefinition): readonly Sample[] => [];
  for (const definition of definitions) {
    register(definition, registry, () => read(definition), onFailure);
  }
  return {
    contentType: registry.contentType,
    async render(source) {
      // prom-client runs every collect() before its first await, so all of them read this source.
      read = (definition) => definition.samples(source);
      const text = await registry.metrics();
      // prom-client writes `Nan`; the format spells it `NaN`.
      return text.replaceAll(/ Nan$/gm, ' NaN');
    },
  };
}

function register(
  { name, type, help, labels }: MetricDefinition,
  registry: Registry,
  read: () => readonly Sample[],
  onFailure: () => void,
): void {
  const configuration = { name, help, labelNames: [...labels], registers: [registry] };
  let shown: readonly Sample[] = [];
  const next = () => {
    try {
      const samples = read();
      shown = type === 'counter' ? withLastValues(samples, shown) : samples;
    } catch {
      onFailure();
      shown = type === 'counter' ? shown : shown.map(({ labels }) => ({ labels, value: null }));
    }
    return shown;
  };
  if (type === 'gauge') {
    new Gauge({
      ...configuration,
      collect() {
        this.reset();
        for (const sample of next()) {
          this.set(sample.labels, sample.value ?? Number.NaN);
        }
      },
    });
  } else {
    new Counter({
      ...configuration,
      collect() {
        // The value is the source's own running total, which a Counter can only be brought to anew.
        this.reset();
        for (const sample of next()) {
          this.inc(sample.labels, sample.value ?? Number.NaN);
        }
      },
    });
  }
}

/** A counter that cannot be read now keeps its last value: a fall to 0 would look like a restart. */
function withLastValues(samples: readonly Sample[], shown: readonly Sample[]): readonly Sample[] {
  if (samples.every(({ value }) => value !== null)) {
    return samples;
  }
  return samples.map(({ labels, value }) => ({
    labels,
    value: value ?? shown.find((last) => isDeepStrictEqual(last.labels, labels))?.value ?? null,
  }));
}
