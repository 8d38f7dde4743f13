import type { Alert, AlertName } from './alert.ts';
import { alertsOf } from './rules.ts';
import type { RuleSettings } from './settings.ts';

/** One rule of Alertmanager: while a source fires, no target with the same labels is sent. */
export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** The inhibition rules, one for each alert that others follow from, and what belongs with them. */
export function inhibitRules(settings: RuleSettings): readonly InhibitRule[] {
  const alerts = alertsOf(settings);
  const { by } = settings;
  return [
    ...rulesFor(alerts, by, ({ followsFromEnsemble }) => followsFromEnsemble ?? []),
    ...rulesFor(alerts, [...by, 'pod'], ({ followsFromPod }) => followsFromPod ?? []),
  ];
}

function rulesFor(
  alerts: readonly Alert[],
  equal: readonly string[],
  sourcesOf: (alert: Alert) => readonly AlertName[],
): InhibitRule[] {
  return alerts.flatMap(({ name: source }) => {
    const targets = alerts.filter((alert) => sourcesOf(alert).includes(source));
    if (targets.length === 0) return [];
    return [
      {
        source_matchers: [`alertname="${source}"`],
        target_matchers: [`alertname=~"${targets.map(({ name }) => name).join('|')}"`],
        equal,
      },
    ];
  });
}

/** A configuration of Alertmanager that sends one page for one cause; its receivers are to be filled in. */
export function alertmanagerPart(settings: RuleSettings): unknown {
  return {
    route: {
      receiver: 'tickets',
      group_by: settings.by,
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [{ matchers: ['severity="critical"'], receiver: 'pages' }],
    },
    receivers: [{ name: 'pages' }, { name: 'tickets' }],
    inhibit_rules: inhibitRules(settings),
  };
}
