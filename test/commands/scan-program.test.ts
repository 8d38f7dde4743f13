import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { buildProgram } from '../built-program.ts';
import { CAPTURES, captureArguments, ROWS } from './captures.ts';

const built = buildProgram();

function reportIn(text: string): Report {
  return reportSchema.parse(JSON.parse(text));
}

test('the built program reads a ready and an unready capture', () => {
  const healthy = ROWS.find(([, moment]) => moment === 'healthy') ?? [];
  const origin = ROWS.find(([scenario]) => scenario === 'loopback-podip') ?? [];
  const ready = built.runs(['scan', ...captureArguments(healthy)]);
  assert.deepEqual([ready.status, ready.stderr], [0, '']);
  assert.equal(reportIn(ready.stdout).ready, true);
  const unready = built.runs(['scan', ...captureArguments(origin)]);
  assert.deepEqual([unready.status, unready.stderr], [1, '']);
  assert.equal(reportIn(unready.stdout).findings[0]?.code, 'mesh-loopback-delivery');
});

test('no table is exit code 2, one line and an empty stdout', () => {
  const { status, stdout, stderr } = built.runs([
    'scan',
    '--json',
    '--proc',
    join(CAPTURES, 'nowhere'),
  ]);
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^quorum-probe: [^\n]*net\/tcp[^\n]*\n$/);
});

test('a reader that has read enough does no harm', () => {
  const argv = ['scan', ...captureArguments(ROWS[0] ?? [])];
  for (const reader of ['head -1', 'true']) {
    const { stderr, stdout } = spawnSync(
      '/bin/sh',
      [
        '-c',
        `{ "$@"; echo "code $?" >&2; } | ${reader}`,
        'sh',
        process.execPath,
        built.path,
        ...argv,
      ],
      { encoding: 'utf8' },
    );
    assert.equal(stderr, 'code 1\n', `${reader}: ${stdout}`);
  }
});
