import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { unobservable } from '../../src/assess/report/unobservable.ts';
import type { Report } from '../../src/model/report.ts';
import { reportJsonSchema } from '../../src/model/report-schema.ts';
import { PEERS, POD } from '../links/rows.ts';
import { AGENT, lookAt } from './judging.ts';
import { observe } from './observation.ts';

const FIXTURES = new URL('../fixtures/zookeeper/', import.meta.url);
const MEMBERS = [POD, ...PEERS];

const schema = reportJsonSchema();
assert.ok(typeof schema === 'object' && schema !== null);
const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': isInstant } }).compile(
  schema,
);

function isInstant(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
}

/** The report as a program receives it. */
function assertValid(report: Report, which: string): void {
  const received: unknown = JSON.parse(JSON.stringify(report));
  assert.ok(validate(received), `${which}: ${JSON.stringify(validate.errors)}`);
}

test('the report of every capture is valid by the JSON Schema', async () => {
  const lines = readFileSync(new URL('expect.tsv', FIXTURES), 'utf8').trim().split('\n');
  for (const line of lines) {
    const [scenario = '', moment = '', pod = ''] = line.split('\t');
    const root = new URL(`${scenario}/${moment}/${pod}`, FIXTURES).pathname;
    const report = await lookAt(root, MEMBERS[Number(pod)] ?? '');
    assertValid(report, `${scenario} ${moment} ${pod}`);
  }
});

test('the report of a look that saw nothing is valid by the JSON Schema', () => {
  assertValid(unobservable(observe([]), AGENT), 'before the first look');
});

test('the schema refuses what is not a report', () => {
  const report = unobservable(observe([]), AGENT);
  for (const wrong of [
    {},
    { ...report, verdict: 'fine' },
    { ...report, extra: 1 },
    { ...report, quorum: { ...report.quorum, votes: -1 } },
    { ...report, at: 'yesterday' },
  ]) {
    assert.equal(validate(wrong), false);
  }
});
