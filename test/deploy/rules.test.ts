import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { prometheusRule, prometheusRuleFile } from '../../deploy/prometheus/generate.ts';
import { withLadder } from '../../deploy/prometheus/ladder.ts';
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

test('what a lost quorum means in each system is as its profile has it', () => {
  const text = readFileSync(rulesFile, 'utf8');
  assert.equal(withLadder(text), text, 'npm run rules');
  assert.throws(() => withLadder('groups: []'), /no line/);
});

test('a lost quorum is told in the words of each system', () => {
  const lost = alerts.find(({ alert }) => alert === 'QuorumLost')?.annotations.description ?? '';
  const told = [...lost.matchAll(/eq \$system "([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(new Set(told), new Set(PROFILES.keys()));
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
    assert.match(record, /^statefulset:quorum_probe_\w+:(max|sum)$/);
});

test("the operator's object is in step with rules.yaml", () => {
  assert.equal(readFileSync(prometheusRuleFile, 'utf8'), prometheusRule(), 'run `npm run rules`');
});
