import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRunbookUrl } from '../../src/config/runbook-url.ts';

test('the address of a runbook is one that a browser opens', () => {
  assert.equal(
    parseRunbookUrl('https://example.org/ops/RUNBOOK.md'),
    'https://example.org/ops/RUNBOOK.md',
  );
  assert.equal(parseRunbookUrl('http://wiki/zk?page=1'), 'http://wiki/zk?page=1');
});

test('what is no web address, holds a password or a fragment is refused with what to write', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['RUNBOOK.md', /is not a web address; write it as https:/],
    ['javascript:alert(1)', /is not a web address/],
    ['file:///etc/passwd', /is not a web address/],
    ['https://user:secret@example.org/', /holds a user name or a password/],
    ['https://example.org/RUNBOOK.md#top', /has a fragment; leave out/],
  ];
  for (const [text, problem] of cases) assert.throws(() => parseRunbookUrl(text), problem, text);
});
