import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeListing } from '../../src/listings/decode.ts';
import { refusal } from '../../src/listings/formats.ts';
import { patternOf } from '../../src/listings/pattern.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { readings } from './covers.ts';
import { read } from './reading.ts';

/** Pieces that the readers look for, each of which might be repeated for a long time. */
const PIECES = [
  'tcp ',
  'tcp6       0      0 ',
  'tcp 0 0 a:1 ',
  'TCP 1:1 ',
  'ESTAB 0 0 ',
  'ESTAB 0 0 1:1 1:1 users:((',
  ' IPv4 1 0t0 TCP *:1',
  '0: 0A08600A:0F30 ',
  'netstat -an | grep ',
  'ss -tan sport = :1 or (',
  'lsof -i :1 ',
  'kubectl exec -n x ',
  'a@b:~$ ',
  '&nbsp;',
  '<br>',
  '<a ',
  '&#x',
  '\\n',
  '> ',
  '| ',
  ' ',
  '\t',
  '.',
  '1.',
  ':',
  '…',
  '\u001b[',
  '\u00a0',
  '(((',
  'timer:(',
] as const;

test('half a hostile megabyte is read in well under two seconds, in one line or in many', () => {
  for (const piece of PIECES) {
    for (const text of [
      piece.repeat(500_000 / piece.length),
      `${piece.repeat(200)}\n`.repeat(500_000 / (piece.length * 200)),
      `${piece}\n`.repeat(500_000 / (piece.length + 1)),
    ]) {
      const started = process.cpuUsage().user;
      readings(text);
      refusal(text);
      assert.ok(process.cpuUsage().user - started < 2_000_000, JSON.stringify(piece));
    }
  }
});

test('no bytes and no text make the readers throw, for any profile', () => {
  const words = fc.oneof(
    fc.constantFrom(...PIECES),
    fc.constantFrom(
      '\n',
      '10.0.0.1:2888',
      '[::1]:2181',
      '*:*',
      'LISTEN',
      'ESTABLISHED',
      '7/java',
      '$ ',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const text = fc.array(words, { maxLength: 80 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom(...PROFILES.values()), (input, profile) => {
      readings(input, profile);
      for (const { local, remote } of read(input).sockets) {
        assert.ok(local.port <= 65_535 && remote.port <= 65_535);
      }
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeListing(bytes)));
});

test('patterns that could run long are not run', () => {
  for (const source of [
    '(a*)*b',
    '(a+)+$',
    '(a|a)*b',
    '.*.*.*.*x',
    'a{1,9}',
    '(?=a)',
    '\\1',
    'a**',
  ]) {
    const pattern = patternOf(source, 'extended', false, false);
    if (pattern === null) continue;
    const started = process.cpuUsage().user;
    pattern.test('a'.repeat(200));
    assert.ok(process.cpuUsage().user - started < 50_000, source);
  }
  assert.equal(patternOf('(a*)*b', 'extended', false, false), null);
  assert.equal(patternOf('x'.repeat(300), 'extended', false, false), null);
});

test('patterns find what grep finds', () => {
  for (const [source, syntax, text, found] of [
    ['2888|3888', 'extended', ':3888 ', true],
    ['2888|3888', 'basic', ':3888 ', false],
    ['2888\\|3888', 'basic', ':3888 ', true],
    ['[23]888', 'basic', ':2888 ', true],
    ['[^23]888', 'basic', ':2888 ', false],
    [':(2181|2[89]88)\\b', 'extended', ':2888 ', true],
    [':2181[[:space:]]', 'basic', ':2181 ', true],
    ['*:2181', 'basic', '*:2181', true],
    ['0.0.0.0:2181', 'literal', '0x0.0.0:2181', false],
    ['tcp.*LISTEN$', 'basic', 'tcp 0 LISTEN', true],
    ['\\<2181\\>', 'basic', ':2181 ', true],
    ['.*:2181', 'extended', 'tcp :2181', true],
  ] as const) {
    assert.equal(patternOf(source, syntax, false, false)?.test(text), found, source);
  }
  assert.equal(patternOf('listen', 'basic', true, false)?.test('LISTEN'), true);
  assert.equal(patternOf('218', 'basic', false, true)?.test(':2181'), false);
});
