import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource } from './panels.ts';
import type { Scope } from './scope.ts';

interface Mark {
  readonly name: string;
  readonly color: string;
  /** A mark stands wherever this has a value. */
  readonly expr: string;
  readonly text: string;
}

/** Marks in every panel of an ensemble: a member breaks or is healthy again, or another one leads. */
export function ensembleMarks({ of }: Scope): readonly AnnotationQueryBuilder[] {
  const became = (verdict: string): string => {
    const counted = of('transitions_total', `to="${verdict}"`);
    return `sum by (pod) (${counted} - ${counted} offset 1m) > 0`;
  };
  const leads = `max by (pod) (${of('member_role', 'role="leader"')})`;
  const ledBefore = `max by (pod) (${of('member_role', 'role="leader"')} offset 1m)`;
  return [
    mark({ name: 'Broken', color: 'red', expr: became('broken'), text: '{{pod}} is broken' }),
    mark({
      name: 'Healthy again',
      color: 'green',
      expr: became('healthy'),
      text: '{{pod}} is healthy',
    }),
    mark({
      name: 'Leaders',
      color: 'blue',
      expr: `${leads} > ${ledBefore}`,
      text: '{{pod}} leads',
    }),
  ];
}

/** Marks in the fleet's panels: quorums that are lost, for as long as the alert fires. */
export function fleetMarks({ settings }: Scope): readonly AnnotationQueryBuilder[] {
  const chosen = settings.by.slice(0, -1).map((label) => `${label}=~"$${label}"`);
  const matchers = ['alertname="QuorumLost"', 'alertstate="firing"', ...chosen].join(',');
  const path = settings.by.map((label) => `{{${label}}}`).join('/');
  return [
    mark({
      name: 'Lost quorums',
      color: 'red',
      expr: `ALERTS{${matchers}}`,
      text: `${path} has no quorum`,
    }),
  ];
}

function mark({ name, color, expr, text }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('60s')
    .titleFormat(name)
    .textFormat(text);
}
