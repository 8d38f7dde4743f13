import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as z from 'zod';
import { dashboardFiles } from '../../deploy/grafana/generate.ts';
import { queriesOf } from '../../deploy/grafana/queries.ts';
import { recordsOf } from '../../deploy/prometheus/records.ts';
import { alertsOf } from '../../deploy/prometheus/rules.ts';
import { commandOf, DEFAULT_SETTINGS } from '../../deploy/prometheus/settings.ts';
import { FINDING_CODES } from '../../src/model/findings.ts';
import { unservedIn } from './queries.ts';
import { deployFolder } from './render.ts';
import { sectionsOf } from './runbook.ts';

const panelSchema = z.looseObject({
  title: z.string(),
  type: z.string(),
  description: z.string().optional(),
  gridPos: z.looseObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(z.looseObject({ expr: z.string(), refId: z.string() })).default([]),
});
const dashboardSchema = z.looseObject({ uid: z.string(), panels: z.array(panelSchema) });

const dashboards = [...dashboardFiles(DEFAULT_SETTINGS)].map(([file, text]) => {
  const { uid, panels } = dashboardSchema.parse(JSON.parse(text));
  return { file, text, uid, panels: panels.filter(({ type }) => type !== 'row') };
});
const recorded = Object.values(recordsOf(DEFAULT_SETTINGS)).map(({ record }) => record);

for (const { file, text, panels } of dashboards) {
  test(`${file} is in step with its source`, () => {
    const stored = readFileSync(join(deployFolder, 'grafana', file), 'utf8');
    assert.equal(stored, text, 'run `npm run dashboard`');
  });

  for (const { title, description, targets } of panels) {
    test(`the panel "${title}" of ${file} asks only for what is served or recorded`, () => {
      assert.ok(description);
      assert.ok(targets.length > 0);
      for (const { expr } of targets) {
        assert.deepEqual(unservedIn(expr), []);
        for (const [name] of expr.matchAll(/\w+:\w+:\w+/g))
          assert.ok(recorded.includes(name), name);
      }
    });
  }

  test(`the variables and annotations of ${file} ask only for what is served`, () => {
    const others = queriesOf(text).filter(({ of }) => of !== 'panel');
    assert.deepEqual(new Set(others.map(({ of }) => of)), new Set(['variable', 'annotation']));
    for (const { expr } of others) assert.deepEqual(unservedIn(expr), []);
  });

  test(`no two panels of ${file} lie over one another`, () => {
    for (const [index, { title, gridPos: a }] of panels.entries()) {
      for (const { title: other, gridPos: b } of panels.slice(index + 1)) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        assert.ok(apart, `${title} and ${other}`);
      }
    }
  });
}

test('every recorded figure is used by an alert or a dashboard', () => {
  const used = [
    ...alertsOf(DEFAULT_SETTINGS).map(({ expr }) => expr),
    ...dashboards.map(({ text }) => text),
  ].join('\n');
  assert.deepEqual(
    recorded.filter((name) => !used.includes(name)),
    [],
  );
});

test('each dashboard leads to the other, and each is called by its own name', () => {
  const [ensemble, fleet] = dashboards;
  assert.ok(ensemble?.text.includes(`/d/${fleet?.uid}?`));
  assert.ok(fleet?.text.includes(`/d/${ensemble?.uid}?`));
  assert.notEqual(ensemble?.uid, fleet?.uid);
});

test('a finding leads to its section of the runbook, an alert to the sections of alerts', () => {
  const anchors = sectionsOf('RUNBOOK.md').map(({ anchor }) => anchor);
  const [ensemble = { text: '' }, fleet] = dashboards;
  const { runbookUrl } = DEFAULT_SETTINGS;
  assert.ok(ensemble.text.includes(`${runbookUrl}#\${__data.fields.Finding}`));
  for (const { code } of FINDING_CODES) assert.ok(anchors.includes(code), code);
  assert.ok(fleet?.text.includes(`"${runbookUrl}#alerts"`));
  assert.ok(anchors.includes('alerts'));
});

test('dashboards can be made for other labels, another job, and pages and a runbook of one’s own', () => {
  const { settings } = commandOf([
    '--by=namespace,statefulset',
    '--cluster-label=k8s',
    '--job=probes',
    '--runbook-url=https://wiki.example.org/quorum',
    '--page-url=https://ops.example.org/{k8s}/{pod}/',
  ]);
  for (const text of dashboardFiles(settings).values()) {
    assert.match(text, /k8s_namespace_statefulset:quorum_probe_in_quorum:sum/);
    assert.match(text, /job=\\"probes\\"/);
    assert.match(text, /https:\/\/wiki\.example\.org\/quorum/);
    assert.doesNotMatch(text, /[{,]ensemble=|\bcluster=|example\.com|"quorum-probe\\"/);
  }
  const ensemble = dashboardFiles(settings).get('dashboard.json') ?? '';
  assert.ok(ensemble.includes(`https://ops.example.org/\${k8s}/\${__data.fields.Member}/`));
});
