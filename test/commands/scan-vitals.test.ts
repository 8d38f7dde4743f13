import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanTable } from '../../src/commands/scan-table.ts';
import type { Report } from '../../src/model/report.ts';
import { leaderReport } from '../http/sample-report.ts';
import { VITALS as HEALTHY } from '../links/vitals.ts';

const VITALS = { ...HEALTHY, lastHeardMs: 640, rttMs: 0.47 };

function linkTable(report: Report): string[] {
  const lines = scanTable(report, { colour: false, width: 100 }).split('\n');
  const from = lines.findIndex((line) => line.startsWith('LINK'));
  return lines.slice(from, from + 1 + report.links.length);
}

test('the table shows how long ago a peer was heard, and how far it is, where netlink says it', () => {
  const report = leaderReport();
  const [first, ...others] = report.links;
  assert.ok(first !== undefined);
  const [head = '', line = ''] = linkTable({
    ...report,
    links: [{ ...first, vitals: VITALS }, ...others],
  });
  assert.match(head, / STALLED +HEARD +RTT$/);
  assert.match(line, / 0\.6s +0\.5ms$/);
});

test('without netlink the table has no columns for what it cannot show', () => {
  const [head = ''] = linkTable(leaderReport());
  assert.match(head, / STALLED$/);
});
