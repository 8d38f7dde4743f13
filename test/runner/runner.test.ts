import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import * as z from 'zod';
import { filesByPart, inTests, PARTS, PURE } from './parts.ts';
import { skipLines, withoutSkips } from './report.ts';

test('a test file that no part names is pure, so that none is forgotten', () => {
  const parts = filesByPart(['new/thing.test.ts', 'demo/new.test.ts', 'http/server.test.ts']);
  assert.deepEqual(parts.get(PURE), ['new/thing.test.ts']);
  assert.deepEqual(parts.get('demo'), ['demo/new.test.ts']);
  assert.deepEqual(parts.get('http'), ['http/server.test.ts']);
});

test('every file that a part names exists, and each part has its files', () => {
  const parts = filesByPart();
  for (const [name, { holds }] of PARTS) {
    const files = parts.get(name) ?? [];
    for (const path of holds.filter((one) => one.endsWith('.test.ts'))) {
      assert.ok(files.includes(path), `${name} names ${path}`);
    }
  }
});

test('every part has a script of its own that the continuous integration calls', () => {
  const { scripts } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const [, called = ''] = /^parts=\(([^)]*)\)$/m.exec(readFileSync('.ci/run', 'utf8')) ?? [];
  assert.deepEqual(called.split(' ').toSorted(), [...PARTS.keys()].toSorted());
  for (const part of PARTS.keys()) assert.ok(scripts[`test:${part}`], part);
});

test('files that share a process have no hook that would run for the tests of another file', () => {
  const parts = filesByPart();
  const sharing = [...PARTS].filter(([, part]) => part.process === 'one');
  for (const file of sharing.flatMap(([name]) => parts.get(name) ?? [])) {
    const hooks = /^(?:before|beforeEach|afterEach)\(/m.exec(readFileSync(inTests(file), 'utf8'));
    assert.equal(hooks, null, file);
  }
});

const place = { nesting: 0, testNumber: 1, file: 'a.test.ts', line: 1, column: 1 };

function started(name: string): TestEvent {
  return { type: 'test:start', data: { ...place, name } };
}

function passed(name: string, skip?: string): TestEvent {
  const details = { duration_ms: 1 };
  return {
    type: 'test:pass',
    data: { ...place, name, details, ...(skip === undefined ? {} : { skip }) },
  };
}

test('tests that are skipped for one reason are one line with their count', async () => {
  const skips = new Map<string, number>();
  const shown: TestEvent[] = [];
  async function* events(): AsyncGenerator<TestEvent> {
    yield* [started('runs'), passed('runs')];
    for (const name of ['one', 'two']) yield* [started(name), passed(name, 'no helm: fetch it')];
    yield* [started('last'), passed('last', 'no Chromium: install it')];
  }
  for await (const event of withoutSkips(events(), skips)) shown.push(event);
  assert.deepEqual(shown, [started('runs'), passed('runs')]);
  assert.equal(
    skipLines(skips),
    '# 2 tests skipped: no helm: fetch it\n# 1 test skipped: no Chromium: install it\n',
  );
});
