import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportJsonSchema } from '../src/model/report-schema.ts';

test('the report schema is a JSON Schema object that names the contract fields', () => {
  const schema = reportJsonSchema() as { type: string; required: string[] };
  assert.equal(schema.type, 'object');
  for (const field of ['schemaVersion', 'role', 'ready', 'verdict', 'checks', 'findings', 'scan']) {
    assert.ok(schema.required.includes(field), field);
  }
});
