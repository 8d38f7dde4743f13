import * as z from 'zod';

/** One relabelling, in the words of the operator's resources or of Prometheus' own configuration. */
const relabelling = z.record(z.string(), z.unknown());

const podMonitor = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    namespaceSelector: z.strictObject({ any: z.literal(true) }),
    selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
    podMetricsEndpoints: z.array(
      z.strictObject({ port: z.string(), interval: z.string(), relabelings: z.array(relabelling) }),
    ),
  }),
});

/**
 * The scrape configurations that the Prometheus operator makes of a PodMonitor: what it selects by, the labels that it
 * gives every target, and then the monitor's own relabellings, word for word (prometheus-operator,
 * pkg/prometheus/promcfg.go, generatePodMonitorConfig).
 * @throws where the monitor has a field that this does not know.
 */
export function scrapeConfigsOf(monitor: unknown): object[] {
  const { metadata, spec } = podMonitor.parse(monitor);
  return spec.podMetricsEndpoints.map(({ port, interval, relabelings }, index) => ({
    job_name: `podMonitor/${metadata.name}/${index}`,
    scrape_interval: interval,
    kubernetes_sd_configs: [{ role: 'pod' }],
    relabel_configs: [
      ...Object.entries(spec.selector.matchLabels).map(([label, value]) => ({
        action: 'keep',
        source_labels: [`${POD}_label_${plain(label)}`, `${POD}_labelpresent_${plain(label)}`],
        regex: `(${value});true`,
      })),
      { action: 'keep', source_labels: [`${POD}_container_port_name`], regex: port },
      { action: 'drop', source_labels: [`${POD}_phase`], regex: '(Failed|Succeeded)' },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: [`${POD}_container_name`], target_label: 'container' },
      { source_labels: [`${POD}_name`], target_label: 'pod' },
      { target_label: 'job', replacement: metadata.name },
      { target_label: 'endpoint', replacement: port },
      ...relabelings.map(inPrometheusWords),
    ],
  }));
}

const POD = '__meta_kubernetes_pod';

/** A label's name as Prometheus writes it in its own. */
function plain(label: string): string {
  return label.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** `sourceLabels` is `source_labels` there, and so on. */
function inPrometheusWords(one: Readonly<Record<string, unknown>>): object {
  const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [snake(key), value]));
}
