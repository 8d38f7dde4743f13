import type { Relabelling } from '../../deploy/prometheus/keep-list.ts';

/** Whether Prometheus keeps a series: each rule matches the whole of its labels' values, joined by `;`. */
export function isKept(
  rules: readonly Relabelling[],
  name: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  const all: Readonly<Record<string, string>> = { ...labels, __name__: name };
  return rules.every(({ source_labels, regex, action }) => {
    const joined = source_labels.map((label) => all[label] ?? '').join(';');
    return new RegExp(`^(?:${regex})$`).test(joined) === (action === 'keep');
  });
}
