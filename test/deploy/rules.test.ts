import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { generatedFiles } from '../../deploy/prometheus/generate.ts';
import { OTHER_CRITICAL_FINDINGS } from '../../deploy/prometheus/member-alerts.ts';
import { commandOf, DEFAULT_SETTINGS } from '../../deploy/prometheus/settings.ts';
import { FINDING_CODES } from '../../src/model/findings.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { unservedIn } from './queries.ts';
import { deployFolder } from './render.ts';
import { sectionsOf } from './runbook.ts';

const rulesFile = join(deployFolder, 'prometheus/rules.yaml');
const unitTestsFile = join(deployFolder, 'prometheus/rules.test.yaml');

const alertSchema = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({
    summary: z.string(),
    description: z.string(),
    runbook_url: z.url(),
  }),
});
const recordSchema = z.strictObject({ record: z.string(), expr: z.string() });
const rules = z
  .strictObject({
    groups: z.array(
      z.strictObject({ name: z.string(), rules: z.array(z.union([alertSchema, recordSchema])) }),
    ),
  })
  .parse(parse(readFileSync(rulesFile, 'utf8')))
  .groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => 'alert' in rule);

const unitTests = z
  .looseObject({
    tests: z.array(
      z.looseObject({
        name: z.string(),
        alert_rule_test: z.array(
          z.strictObject({
            eval_time: z.string(),
            alertname: z.string(),
            exp_alerts: z.array(z.unknown()).optional(),
          }),
        ),
      }),
    ),
  })
  .parse(parse(readFileSync(unitTestsFile, 'utf8'))).tests;

/** Alerts that a unit test expects to fire, or to stay silent. */
function expected(kind: 'fires' | 'silent', name: RegExp): Set<string> {
  const checks = unitTests
    .filter((each) => name.test(each.name))
    .flatMap((each) => each.alert_rule_test);
  return new Set(
    checks
      .filter(({ exp_alerts }) => (exp_alerts === undefined) === (kind === 'silent'))
      .map(({ alertname }) => alertname),
  );
}

test('every alert has a unit test in which it fires, and one in which it does not', () => {
  const names = new Set(alerts.map(({ alert }) => alert));
  assert.deepEqual(expected('fires', /./), names);
  assert.deepEqual(expected('silent', /./), names);
});

test('no alert fires for a healthy ensemble behind a mesh that cuts idle links', () => {
  const names = new Set(alerts.map(({ alert }) => alert));
  assert.deepEqual(expected('silent', /idle election links/), names);
  assert.deepEqual(expected('fires', /idle election links/), new Set());
});

test('a lost quorum is told in the words of each system', () => {
  const lost = alerts.find(({ alert }) => alert === 'QuorumLost')?.annotations.description ?? '';
  const told = [...lost.matchAll(/eq \$system "([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(new Set(told), new Set(PROFILES.keys()));
  for (const { advice } of PROFILES.values()) assert.ok(lost.includes(advice.withoutQuorum));
});

test('a rolling restart is among the unit tests, and fires nothing', () => {
  assert.ok(expected('silent', /rolling restart/).size > 10);
  assert.deepEqual(expected('fires', /rolling restart/), new Set());
});

for (const { alert, annotations, expr } of alerts) {
  test(`${alert} leads to its section of the runbook`, () => {
    const anchors = sectionsOf('RUNBOOK.md').map(({ anchor }) => anchor);
    const { hash, pathname } = new URL(annotations.runbook_url);
    assert.match(pathname, /\/RUNBOOK\.md$/);
    assert.equal(hash, `#${alert.toLowerCase()}`);
    assert.ok(anchors.includes(hash.slice(1)), hash);
  });

  test(`${alert} asks only for what the probe serves`, () => {
    assert.deepEqual(unservedIn(`${expr} ${annotations.description}`), []);
  });
}

test('the recording rules ask only for what the probe serves', () => {
  const records = rules.filter((rule) => 'record' in rule);
  assert.deepEqual(
    records.flatMap(({ expr }) => unservedIn(expr)),
    [],
  );
  for (const { record } of records)
    assert.match(record, /^cluster_namespace_ensemble(_role)?:\w+:(max|sum|count)$/);
});

test('every recorded figure that an alert asks for is recorded', () => {
  const recorded = new Set(rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])));
  const asked = alerts.flatMap(({ expr }) => expr.match(/\w+:\w+:\w+/g) ?? []);
  assert.ok(asked.length > 5);
  assert.deepEqual(
    asked.filter((name) => !recorded.has(name)),
    [],
  );
});

test('the generated files are in step with their source', () => {
  for (const [name, text] of generatedFiles(DEFAULT_SETTINGS)) {
    const file = join(deployFolder, 'prometheus', name);
    assert.equal(readFileSync(file, 'utf8'), text, `run \`npm run rules\` for ${name}`);
  }
});

test('every critical finding has an alert: its own, that of its quorum, or the one for the others', () => {
  const all = alerts.map(({ expr }) => expr).join(' ');
  const byQuorum = ['no-quorum', 'leader-without-quorum', 'duplicate-leader', 'stale-scan'];
  for (const { code, severity } of FINDING_CODES) {
    if (severity !== 'critical' || byQuorum.includes(code)) continue;
    assert.ok(all.includes(code), code);
  }
  assert.ok(OTHER_CRITICAL_FINDINGS.includes('exhausted-passthrough-ports'));
});

test('only what an ensemble has lost, or is about to lose, is a page', () => {
  assert.deepEqual(
    alerts.filter(({ labels }) => labels.severity === 'critical').map(({ alert }) => alert),
    ['QuorumLost', 'QuorumNoLeader', 'QuorumTwoLeaders', 'QuorumMarginZero'],
  );
});

test('rules can be made for other labels, another job and a runbook of one’s own', () => {
  const { settings } = commandOf([
    '--by=namespace,statefulset',
    '--cluster-label=k8s_cluster',
    '--job=probes',
    '--runbook-url=https://wiki.example.org/quorum#top',
  ]);
  const text = generatedFiles(settings).get('rules.yaml') ?? '';
  assert.match(text, /k8s_cluster_namespace_statefulset:quorum_probe_in_quorum:max == 0/);
  assert.match(text, /by \(k8s_cluster, namespace, statefulset\)/);
  assert.match(text, /up\{job="probes"\} == 0/);
  assert.match(text, /runbook_url: https:\/\/wiki\.example\.org\/quorum#quorumlost/);
  assert.doesNotMatch(text, /ensemble="|\bcluster=|example\.com|#top|job="quorum-probe"/);
});

test('one Prometheus for one cluster needs no label of the cluster', () => {
  const { settings } = commandOf(['--cluster-label=']);
  assert.deepEqual(settings.by, ['namespace', 'ensemble']);
});

for (const [option, says] of [
  ['--by=namespace,', /"" is not the name of a label/],
  ['--by=namespace,pod', /the label pod names one probe/],
  ['--cluster-label=k8s-cluster', /"k8s-cluster" is not the name of a label/],
  ['--job=a"b', /--job a"b is not the name of a scrape job/],
  ['--runbook-url=runbook.md', /--runbook-url runbook\.md is not the address of a page/],
  ['--page-url=http://{node}/', /--page-url has \{node\}, which is none of \{cluster\}/],
  ['--page-url={instance}', /--page-url \{instance\} is not the address of a page/],
  ['--colour=red', /--colour/],
] as const) {
  test(`the option ${option} is refused with a reason`, () => {
    assert.throws(() => commandOf([option]), says);
  });
}
