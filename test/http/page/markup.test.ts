import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeMarkup, markup } from '../../../src/http/page/markup.ts';

test('strings are escaped and markup is kept', () => {
  const inner = markup`<b title="${'"'}">${'<x>'}</b>`;
  assert.equal(inner.text, '<b title="&quot;">&lt;x&gt;</b>');
  assert.equal(markup`<p>${[inner, inner]}${3}</p>`.text, `<p>${inner.text}${inner.text}3</p>`);
});

test('characters that do not show are spelled out', () => {
  assert.equal(escapeMarkup('zk\u202e0\u0000\n\ud800'), 'zk\\u{202e}0\\u{0}\\u{a}\\u{d800}');
});

test('very long values are cut', () => {
  assert.ok(escapeMarkup('x'.repeat(1_000_000)).length < 1000);
});

test('no text can leave the place it was put in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(
        escapeMarkup(text),
        /[<>"'\p{Cc}\p{Cf}\p{Cs}]|&(?!(amp|lt|gt|quot|#39);)/u,
      );
    }),
  );
});
