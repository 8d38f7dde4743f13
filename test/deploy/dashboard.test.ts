import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as z from 'zod';
import { dashboard, dashboardFile } from '../../deploy/grafana/dashboard.ts';
import { unservedIn } from './queries.ts';

const panelSchema = z.looseObject({
  title: z.string(),
  type: z.string(),
  description: z.string().optional(),
  gridPos: z.looseObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(z.looseObject({ expr: z.string(), refId: z.string() })).default([]),
});
const panels = z
  .looseObject({ panels: z.array(panelSchema) })
  .parse(JSON.parse(dashboard()))
  .panels.filter(({ type }) => type !== 'row');

test('the dashboard is in step with its source', () => {
  assert.equal(readFileSync(dashboardFile, 'utf8'), dashboard(), 'run `npm run dashboard`');
});

for (const { title, description, targets } of panels) {
  test(`the panel "${title}" asks only for what the probe serves`, () => {
    assert.ok(description);
    assert.ok(targets.length > 0);
    assert.deepEqual(
      targets.flatMap(({ expr }) => unservedIn(expr)),
      [],
    );
  });
}

test('no two panels lie over one another', () => {
  for (const [index, { title, gridPos: a }] of panels.entries()) {
    for (const { title: other, gridPos: b } of panels.slice(index + 1)) {
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      assert.ok(apart, `${title} and ${other}`);
    }
  }
});
