import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeListing } from '../../src/listings/decode.ts';
import type { Socket } from '../../src/model/socket.ts';
import { read } from './reading.ts';

const LINES = [
  'Active Internet connections (servers and established)',
  'Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name',
  'tcp6       0      0 :::2181                 :::*                    LISTEN      7/java',
  'tcp6       0      0 10.0.0.1:3888           :::*                    LISTEN      7/java',
  'tcp6       0      0 10.0.0.1:3888           10.0.0.2:34536          ESTABLISHED 7/java',
  'tcp6       0     12 10.0.0.1:47032          10.0.0.3:2888           ESTABLISHED 7/java',
  'tcp        0      0 10.0.0.1:22             10.0.0.9:53106          TIME_WAIT   -',
];
const TEXT = LINES.join('\n');

const shape = ({ local, remote, state, txQueueBytes }: Socket): string =>
  `${local.address}:${local.port} ${remote.address}:${remote.port} ${state} ${txQueueBytes}`;
const EXPECTED = read(TEXT).sockets.map(shape);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The listing as it comes through what people paste it into. */
const MEDIA: readonly (readonly [string, string])[] = [
  ['lines that end in CRLF', LINES.join('\r\n')],
  ['tabs', TEXT.replace(/ {2,}/g, '\t')],
  ['an indented block', LINES.map((line) => `    ${line}`).join('\n')],
  ['a quoted mail', LINES.map((line) => `> > ${line}`).join('\n')],
  ['a code fence', `Look:\n\`\`\`shell\n${TEXT}\n\`\`\`\n`],
  [
    'a Markdown table',
    LINES.slice(2)
      .map((line) => `| ${line.trim().split(/\s+/).join(' | ')} |`)
      .join('\n'),
  ],
  ['HTML with lines of its own', `<pre><code>${escaped(TEXT)}</code></pre>`],
  [
    'HTML with hard spaces and breaks',
    `<p>${LINES.map((line) => escaped(line).replaceAll(' ', '&nbsp;')).join('<br />')}</p>`,
  ],
  ['hard spaces', TEXT.replaceAll(' ', '\u00a0')],
  ['colours', LINES.map((line) => `\u001b[01;31m\u001b[K${line}\u001b[m\u001b[K`).join('\n')],
  ['a log of JSON', LINES.map((line) => JSON.stringify({ log: `${line}\n` })).join('\n')],
  ['one JSON text', JSON.stringify(TEXT)],
  ['syslog', LINES.map((line) => `Nov 25 10:00:00 zk-0 look[7]: ${line}`).join('\n')],
  ['the lines of docker compose', LINES.map((line) => `zk1      | ${line}`).join('\n')],
  ['numbered lines', LINES.map((line, at) => `${at + 1}:${line}`).join('\n')],
  ['one line for all', LINES.slice(2).join(' ')],
  ['the prompt glued to the first row', `[root@zk ~]# netstat -an${LINES.slice(2).join('\n')}`],
];

for (const [title, text] of MEDIA) {
  test(`a listing is read alike through ${title}`, () => {
    const { sockets, hosts } = read(text);
    assert.deepEqual(sockets.map(shape), EXPECTED);
    assert.equal(hosts.length, 1);
  });
}

test('UTF-16 is read in either byte order, with its mark and without', () => {
  const little = Buffer.from(TEXT, 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const bytes of [
    little,
    big,
    Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(TEXT)]),
  ]) {
    const decoded = decodeListing(bytes);
    assert.ok(decoded.kind === 'text');
    assert.deepEqual(read(decoded.text).sockets.map(shape), EXPECTED);
  }
});

test('an archive, a picture and a packet capture are named', () => {
  for (const [start, what] of [
    [[0x1f, 0x8b, 8], 'gzip'],
    [[0x89, 0x50, 0x4e, 0x47], 'picture'],
    [[0xd4, 0xc3, 0xb2, 0xa1], 'packet capture'],
  ] as const) {
    const decoded = decodeListing(Uint8Array.from([...start, 0, 0]));
    assert.ok(decoded.kind === 'binary' && decoded.what.includes(what));
  }
});

test('rows that a mailer wrapped between any of their columns are read', () => {
  const rows = LINES.slice(2, 6).map((line) => line.replace(/\s+7\/java$/, ''));
  const expected = read(rows.join('\n')).sockets.map(shape);
  fc.assert(
    fc.property(fc.integer({ min: 45, max: 90 }), fc.boolean(), (width, quoted) => {
      const text = rows
        .map((row) => wrapped(row, width))
        .join('\n')
        .split('\n')
        .map((line) => (quoted ? `> ${line}` : line))
        .join('\n');
      assert.deepEqual(read(text).sockets.map(shape), expected);
    }),
  );
});

/** Breaks a line at the last space before the width, as format=flowed does. */
function wrapped(line: string, width: number): string {
  if (line.length <= width) return line;
  const at = line.lastIndexOf(' ', width);
  return `${line.slice(0, at).trimEnd()}\n${wrapped(line.slice(at + 1).trimStart(), width)}`;
}

test('a listing is read alike whatever prose stands around it', () => {
  fc.assert(
    fc.property(
      fc.lorem({ mode: 'sentences' }),
      fc.lorem({ mode: 'sentences' }),
      (before, after) => {
        assert.deepEqual(read(`${before}\n\n${TEXT}\n\n${after}`).sockets.map(shape), EXPECTED);
      },
    ),
  );
});
