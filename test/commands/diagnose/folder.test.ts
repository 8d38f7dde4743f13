import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { captured, run, runWith, scratch } from './recorded.ts';

/** A saved folder of a healthy ensemble. */
async function saved(t: Parameters<typeof scratch>[0]): Promise<string> {
  const folder = join(scratch(t), 'saved');
  const { code } = await run(captured('none-basic', 'healthy', 'healthy'), [
    'statefulset/zookeeper',
    '--save',
    folder,
  ]);
  assert.equal(code, 0);
  return folder;
}

/** Everything that a folder can suffer, what is done to it and the line that says so. */
const DAMAGE: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
  [
    'a pod is missing',
    (folder) => rmSync(join(folder, 'pods/zookeeper-1'), { recursive: true }),
    /^UNKNOWN {2}the folder is damaged: pods\/zookeeper-1\/read-1\/net\/tcp is missing/,
  ],
  [
    'a table is cut',
    (folder) => truncateSync(join(folder, 'pods/zookeeper-1/read-2/net/tcp6'), 700),
    /^UNKNOWN {2}the folder is damaged: pods\/zookeeper-1\/read-2\/net\/tcp6 is cut: it has 700 of \d+ bytes$/,
  ],
  [
    'a table is cut to nothing',
    (folder) => truncateSync(join(folder, 'pods/zookeeper-1/read-2/net/tcp'), 0),
    /net\/tcp is cut: it has 0 of \d+ bytes$/,
  ],
  [
    'a table is another text',
    (folder) =>
      writeFileSync(join(folder, 'pods/zookeeper-2/read-1/net/tcp'), '\u0000x'.repeat(9_999)),
    /read-1\/net\/tcp was changed after it was saved$/,
  ],
  [
    'a table leads to another file',
    (folder) => {
      const path = join(folder, 'pods/zookeeper-2/read-1/net/tcp');
      rmSync(path);
      symlinkSync('/dev/zero', path);
    },
    /read-1\/net\/tcp cannot be read \(.*is a device; give a regular file\)$/,
  ],
  [
    'a table is a folder',
    (folder) => {
      const path = join(folder, 'pods/zookeeper-0/read-1/net/tcp');
      rmSync(path);
      mkdirSync(path);
    },
    /read-1\/net\/tcp cannot be read/,
  ],
];

for (const [title, damage, line] of DAMAGE) {
  test(`a folder of which ${title} is never judged as a whole`, async (t) => {
    const folder = await saved(t);
    damage(folder);
    const { code, first, error } = await runWith(['--from', folder]);
    assert.match(first, line);
    assert.equal(code, 2);
    assert.equal(error, '');
  });
}

/** What may stand in `collection.json` in its place, and the line that says so. */
const INDEXES: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  ['cut', (text) => text.slice(0, text.length / 2), /is not JSON: it was cut or changed$/],
  ['empty', () => '', /is not JSON/],
  ['an endless list', () => `[${'0,'.repeat(500_000)}0]`, /holds more than a saved folder does$/],
  [
    'of another release',
    (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 9'),
    /at schemaVersion/,
  ],
  ['of no ensemble', () => '{}', /is not what diagnose --save of this release writes/],
  [
    'one whose pod leads elsewhere',
    (text) => text.replace('"name": "zookeeper-0"', '"name": "../../../etc"'),
    /at pods\.0\.facts\.name/,
  ],
  [
    'one that names a pod twice',
    (text) => text.replace('"name": "zookeeper-0"', '"name": "zookeeper-1"'),
    /names the pod zookeeper-1 twice$/,
  ],
  [
    'one of a system that is not known',
    (text) => text.replace('"name": "zookeeper",', '"name": "\\u001b[2Jx",'),
    /"\?\[2Jx" is not a built-in profile/,
  ],
];

for (const [title, change, line] of INDEXES) {
  test(`an index that is ${title} is refused in one line`, async (t) => {
    const folder = await saved(t);
    const path = join(folder, 'collection.json');
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    assert.notEqual(after, before);
    writeFileSync(path, after);
    const { code, out, error } = await runWith(['--from', folder]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(error.trimEnd(), line);
    assert.equal(error.split('\n').length, 2);
  });
}

test('an index without one of the pods is not healthy, as the StatefulSet has more', async (t) => {
  const folder = await saved(t);
  const path = join(folder, 'collection.json');
  const index: unknown = JSON.parse(readFileSync(path, 'utf8'));
  assert.ok(
    typeof index === 'object' && index !== null && 'pods' in index && Array.isArray(index.pods),
  );
  writeFileSync(path, JSON.stringify({ ...index, pods: index.pods.slice(0, 2) }));
  const { code } = await runWith(['--from', folder]);
  assert.equal(code, 2);
});

test('words in a folder cannot steer the terminal', async (t) => {
  const folder = await saved(t);
  const path = join(folder, 'collection.json');
  const text = readFileSync(path, 'utf8').replace(
    '"gaps": []',
    '"gaps": ["\\u001b[31mred\\u0007\\u202e"]',
  );
  writeFileSync(path, text);
  const { out } = await runWith(['--from', folder]);
  assert.match(out, /- \?\[31mred\?\?/);
  assert.doesNotMatch(out.replaceAll('\n', ''), /\p{C}/u);
});

test('whatever is changed in the index, the answer is a diagnosis or one line', async (t) => {
  const folder = await saved(t);
  const path = join(folder, 'collection.json');
  const before = readFileSync(path, 'utf8');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(before.length),
      fc.nat(40),
      fc.oneof(fc.string(), fc.constantFrom('-1', 'null', '{}', '1e999', '"', '[')),
      async (at, length, put) => {
        writeFileSync(path, before.slice(0, at) + put + before.slice(at + length));
        const { code, out, error } = await runWith(['--from', folder, '-o', 'short']);
        assert.ok([0, 1, 2].includes(code));
        assert.equal(`${out}${error}`.split('\n').length, 2);
      },
    ),
    { numRuns: 60 },
  );
});
