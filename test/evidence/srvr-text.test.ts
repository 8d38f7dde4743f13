import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSrvr } from '../../src/evidence/srvr-text.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/srvr/${name}.txt`, import.meta.url), 'utf8');

test("a real follower's answer is read whole", () => {
  assert.deepEqual(parseSrvr(fixture('follower')), {
    kind: 'serving',
    mode: 'follower',
    version: '3.8.0',
    zxid: '0x0',
    outstanding: 0,
    connections: 1,
    nodeCount: 5,
    latencyMs: { min: 0, avg: 0, max: 0 },
    received: 3,
    sent: 2,
  });
});

for (const mode of ['leader', 'observer'] as const) {
  test(`a real ${mode} is told from the others`, () => {
    const answer = parseSrvr(fixture(mode));
    assert.equal(answer?.kind === 'serving' && answer.mode, mode);
  });
}

test('a server without a quorum says that it does not serve', () => {
  assert.deepEqual(parseSrvr(fixture('not-serving')), { kind: 'not-serving' });
});

test('a server whose whitelist lacks srvr is not taken for one that does not serve', () => {
  assert.deepEqual(parseSrvr('srvr is not executed because it is not in the whitelist.\n'), {
    kind: 'not-whitelisted',
  });
});

test('read-only mode prints one more line and its own mode', () => {
  const text = fixture('follower')
    .replace('\n', '\nREAD-ONLY mode; serving only read-only clients\n')
    .replace('Mode: follower', 'Mode: read-only');
  const answer = parseSrvr(text);
  assert.equal(answer?.kind === 'serving' && answer.mode, 'read-only');
});

test('the version keeps its release and drops the commit', () => {
  const versions: readonly (readonly [string, string])[] = [
    ['3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf, built on 03/06/2019', '3.4.14'],
    ['3.5.3-beta-8ce24f9e675cbefffb8f21a47e06b42864475a60, built on 04/03/2017', '3.5.3-beta'],
    ['3.9.2-e454e8c7283100c7caec6dcae2bc82aaecb63023, built on 2024-02-12', '3.9.2'],
  ];
  for (const [printed, release] of versions) {
    const text = fixture('leader').replace(/version: .*/, `version: ${printed}`);
    const answer = parseSrvr(text);
    assert.equal(answer?.kind === 'serving' && answer.version, release);
  }
});

test('an answer that lacks any one line, or holds nonsense in it, is no answer', () => {
  const whole = fixture('follower');
  for (const line of whole.trimEnd().split('\n')) {
    assert.equal(parseSrvr(whole.replace(`${line}\n`, '')), null, line);
    assert.equal(parseSrvr(whole.replace(line, line.replace(/: .*/, ': ~'))), null, line);
  }
});

test('a part of an answer is never a serving server', () => {
  const whole = fixture('leader');
  const complete = whole.indexOf('Node count: 5') + 'Node count: 5'.length;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: complete - 1 }), (length) => {
      assert.equal(parseSrvr(whole.slice(0, length)), null);
    }),
  );
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(parseSrvr(text), null);
    }),
  );
});
