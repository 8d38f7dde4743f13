import { askedMetrics } from './asked.ts';
import type { MetricDefinition } from './definition.ts';
import { kernelMetrics } from './kernel.ts';
import { memberMetrics } from './member.ts';
import { peerMetrics } from './peers.ts';
import { portMetrics } from './ports.ts';
import { processMetrics } from './process.ts';
import { scanMetrics } from './scan.ts';

/** Every metric that is served, in the order it is served and documented. */
export const METRICS: readonly MetricDefinition[] = [
  ...memberMetrics,
  ...portMetrics,
  ...peerMetrics,
  ...kernelMetrics,
  ...askedMetrics,
  ...scanMetrics,
  ...processMetrics,
];

/** The table of metrics for the documentation, as Markdown. */
export function metricsMarkdown(): string {
  const rows = METRICS.map(({ name, type, labels, help }) => {
    const labelList = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${labelList} | ${help.replaceAll('|', '\\|')} |`;
  });
  return ['| Metric | Type | Labels | Meaning |', '| --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}
