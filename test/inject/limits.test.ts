import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lexer } from 'yaml';
import { inject } from '../../src/commands/inject/inject.ts';
import { limitsOf, NO_LIMITS, refuseTooLarge } from '../../src/commands/inject/limits.ts';
import { Problem } from '../../src/config/problem.ts';
import { HEAP_LIMIT_MIB } from '../image-flags.ts';
import { FIXTURES, fixture } from './fixtures.ts';

const MIB = 1024 * 1024;
const limits = limitsOf(HEAP_LIMIT_MIB * MIB);

/** A list of this many entries, three tokens each with its line break and indicator. */
function list(entries: number): string {
  return `kind: List\nitems:\n${'- a\n'.repeat(entries)}`;
}

test("a document with more tokens than the image's heap takes is refused by its line, in one line", async () => {
  const text = `kind: Service\n---\n${list(limits.tokens)}`;
  let error = '';
  const exitCode = await inject([], {
    out: () => assert.fail('nothing is printed'),
    error: (more) => {
      error += more;
    },
    readText: () => Promise.reject(new Error('none')),
    readBytes: () => Promise.resolve(new TextEncoder().encode(text)),
    heapBytes: HEAP_LIMIT_MIB * MIB,
  });
  assert.equal(exitCode, 2);
  assert.match(
    error,
    /^quorum-probe: standard input: the document at line 2 has more than \d+ tokens .*--max-old-space-size=1024[^\n]*\n$/,
  );
});

test('what is refused is one document, not their number', () => {
  const text = `${list(1000)}---\n`.repeat(100);
  refuseTooLarge(text, 'a file', limits);
  const [one = ''] = text.split('---');
  const tokens = [...new Lexer().lex(one)].length;
  refuseTooLarge(text, 'a file', { ...NO_LIMITS, tokens: tokens + 3 });
  assert.throws(
    () => refuseTooLarge(text, 'a file', { ...NO_LIMITS, tokens: tokens - 3 }),
    Problem,
  );
});

test('three dashes that are a value begin no document', () => {
  const text = 'kind: List\nitems:\n- ---\n'.concat('- ---\n'.repeat(50));
  assert.throws(() => refuseTooLarge(text, 'a file', { ...NO_LIMITS, tokens: 60 }), /line 1 /);
});

test('a text that alone would fill the heap is refused by its length', () => {
  const few = { ...NO_LIMITS, characters: 10 };
  refuseTooLarge('a: 1234567', 'a file', few);
  assert.throws(
    () => refuseTooLarge('a: 12345678', 'a file', few),
    /a file has 11 characters, and 10 fit/,
  );
});

test('no fixture or example is near to what is refused', () => {
  const tenth = { characters: limits.characters / 10, tokens: limits.tokens / 10 };
  for (const [name, text] of FIXTURES) refuseTooLarge(text, name, tenth);
});

test('the line that is named is that of the document, whatever stands before it', () => {
  const before = [
    fixture('zookeeper-chart.yaml'),
    'a: |\n  ---x\n  b\n',
    '# only this\n',
    '{"a": 1}\n',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...before), { maxLength: 4 }), (texts) => {
      const start = texts.map((text) => `---\n${text.replace(/^---\n/, '')}`).join('');
      const text = `${start}---\n${list(3000)}`;
      const line = start.split('\n').length;
      assert.throws(
        () => refuseTooLarge(text, 'a file', { ...NO_LIMITS, tokens: 5000 }),
        (error) => error instanceof Problem && error.message.includes(`document at line ${line} `),
      );
    }),
    { numRuns: 30 },
  );
});
