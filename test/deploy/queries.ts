import { METRICS } from '../../src/http/metrics/table.ts';
import { FINDING_CODES } from '../../src/model/findings.ts';

/** Labels that scraping adds to every series. */
const TARGET_LABELS = ['cluster', 'namespace', 'ensemble', 'pod', 'job', 'instance', 'container'];

const labelsByMetric = new Map(METRICS.map(({ name, labels }) => [name, labels]));
const codes = new Set<string>(FINDING_CODES.map(({ code }) => code));

/** What a query asks of the probe that the probe does not serve: metrics, labels, finding codes. */
export function unservedIn(query: string): string[] {
  const found: string[] = [];
  for (const [, metric = '', selector = ''] of query.matchAll(
    /(?<![\w:])(quorum_probe_\w+)(?:\{([^}]*)\})?/g,
  )) {
    const labels = labelsByMetric.get(metric);
    if (!labels) {
      found.push(`metric ${metric}`);
      continue;
    }
    for (const [, label = '', value = ''] of selector.matchAll(
      /(\w+)(?:=~|!~|!=|=)\\?"([^"\\]*)/g,
    )) {
      if (![...labels, ...TARGET_LABELS].includes(label)) found.push(`label ${label} of ${metric}`);
      if (label === 'code') {
        found.push(...value.split('|').filter((code) => !codes.has(code)));
      }
    }
  }
  return found;
}
