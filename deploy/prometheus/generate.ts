import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { withLadder } from './ladder.ts';

const head = `# Made from rules.yaml by \`npm run rules\`: change that file.\n`;

/** rules.yaml as the Prometheus operator's object. */
export function prometheusRule(): string {
  const spec: unknown = parse(readFileSync(join(import.meta.dirname, 'rules.yaml'), 'utf8'));
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'quorum-probe', labels: { 'app.kubernetes.io/name': 'quorum-probe' } },
    spec,
  };
  return head + stringify(rule, { lineWidth: 0 });
}

/** The rules, whose words for each system come from the profiles. */
const rulesFile = join(import.meta.dirname, 'rules.yaml');

/** Where the operator's object is kept. */
export const prometheusRuleFile = join(import.meta.dirname, 'prometheusrule.yaml');

if (import.meta.filename === process.argv[1]) {
  writeFileSync(rulesFile, withLadder(readFileSync(rulesFile, 'utf8')));
  writeFileSync(prometheusRuleFile, prometheusRule());
}
