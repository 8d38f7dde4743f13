import { stringify } from 'yaml';
import type { Alert, Makings } from './alert.ts';
import { ensembleAlerts } from './ensemble-alerts.ts';
import { memberAlerts } from './member-alerts.ts';
import { probeAlerts } from './probe-alerts.ts';
import { type RecordingRule, recordsOf } from './records.ts';
import type { RuleSettings } from './settings.ts';
import { wordsOf } from './text.ts';

interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}

/** A rule file as Prometheus reads it. */
export interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly (RecordingRule | AlertingRule)[];
  }[];
}

function makingsOf(settings: RuleSettings): Makings {
  return { settings, words: wordsOf(settings), records: recordsOf(settings) };
}

/** Every alert of these settings. */
export function alertsOf(settings: RuleSettings): readonly Alert[] {
  const makings = makingsOf(settings);
  return [ensembleAlerts, memberAlerts, probeAlerts].flatMap((alerts) => alerts(makings));
}

/** The rules of these settings. A group is evaluated in its order, so the records come first. */
export function ruleFile(settings: RuleSettings): RuleFile {
  const makings = makingsOf(settings);
  const written = (alerts: readonly Alert[]): AlertingRule[] =>
    alerts.map((alert) => asRule(alert, settings));
  return {
    groups: [
      {
        name: 'quorum-probe.ensemble',
        rules: [
          ...Object.values<RecordingRule>({ ...makings.records }),
          ...written(ensembleAlerts(makings)),
        ],
      },
      { name: 'quorum-probe.member', rules: written(memberAlerts(makings)) },
      { name: 'quorum-probe.probe', rules: written(probeAlerts(makings)) },
    ],
  };
}

function asRule(alert: Alert, { runbookUrl }: RuleSettings): AlertingRule {
  const { name, expr, severity, summary, description } = alert;
  return {
    alert: name,
    expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    labels: { severity },
    annotations: { summary, description, runbook_url: `${runbookUrl}#${name.toLowerCase()}` },
  };
}

const HEAD =
  '# Made by `npm run rules`: change deploy/prometheus/*.ts, or give that command your own labels.\n';

/** Any of the generated files, with the line that says where it comes from. */
export function asYaml(value: unknown): string {
  return HEAD + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The rules as the Prometheus operator's object. */
export function prometheusRule(settings: RuleSettings): unknown {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'quorum-probe', labels: { 'app.kubernetes.io/name': 'quorum-probe' } },
    spec: ruleFile(settings),
  };
}
