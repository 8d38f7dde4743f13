/** One line of samples, as the format gives it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

const SERIES = /^([a-z_][a-z0-9_]*)(?:\{([^\n]*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/** Reads an exposition strictly: what is neither a comment, a sample nor an empty line is an error. */
export function parseExposition(text: string): readonly Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = SERIES.exec(line) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`not a sample: ${JSON.stringify(line)}`);
      }
      return { name, labels: parseLabels(labels), value };
    });
}

/** A sample's name and labels, in one order. */
export function seriesKey({ name, labels }: Pick<Series, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .sort();
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let length = 0;
  for (const [pair, label, value] of text.matchAll(LABEL)) {
    length += pair.length;
    labels[label ?? ''] = (value ?? '').replaceAll(/\\(.)/g, (_, escaped) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  if (length !== text.length) {
    throw new Error(`not labels: ${JSON.stringify(text)}`);
  }
  return labels;
}
