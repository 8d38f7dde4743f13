import assert from 'node:assert/strict';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
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
    'a table leads to a device',
    (folder) => {
      const path = join(folder, 'pods/zookeeper-2/read-1/net/tcp');
      rmSync(path);
      symlinkSync('/dev/zero', path);
    },
    /read-1\/net\/tcp cannot be read \(a symbolic link leads out of the folder\)$/,
  ],
  [
    'a table leads to the same text outside',
    (folder) => {
      const path = join(folder, 'pods/zookeeper-2/read-1/net/tcp');
      renameSync(path, `${folder}-elsewhere`);
      symlinkSync(`${folder}-elsewhere`, path);
    },
    /read-1\/net\/tcp cannot be read \(a symbolic link leads out of the folder\)$/,
  ],
  [
    'the pods are elsewhere',
    (folder) => {
      renameSync(join(folder, 'pods'), `${folder}-pods`);
      symlinkSync(`${folder}-pods`, join(folder, 'pods'));
    },
    /read-1\/net\/tcp cannot be read \(a symbolic link leads out of the folder\), and \d+ more faults$/,
  ],
  [
    'a table is huge',
    // A hole of the file system: it takes no room there.
    (folder) => truncateSync(join(folder, 'pods/zookeeper-0/read-2/net/tcp'), 1_000_000_000_000),
    /read-2\/net\/tcp cannot be read \(.*1000000000000 bytes.*\)$/,
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
    /was saved by another release: its schemaVersion is 9, and this release reads 1; use the release that saved it$/,
  ],
  [
    'of no release',
    (text) => text.replace('"schemaVersion": 1', '"schemaVersion": "\\u001b[2J"'),
    /is not what diagnose --save of this release writes, at schemaVersion/,
  ],
  [
    'one whose pod has a control character',
    (text) => text.replace('"name": "zookeeper-0"', '"name": "zookeeper-0\\u0007"'),
    /at pods\.0\.facts\.name/,
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

test('an index that is elsewhere, or huge, is refused in one line', async (t) => {
  const folder = await saved(t);
  const path = join(folder, 'collection.json');
  renameSync(path, `${folder}.json`);
  symlinkSync(`${folder}.json`, path);
  const elsewhere = await runWith(['--from', folder]);
  assert.match(elsewhere.error, /has no collection\.json that can be read \(a symbolic link leads/);
  rmSync(path);
  writeFileSync(path, '');
  truncateSync(path, 1_000_000_000_000);
  const huge = await runWith(['--from', folder]);
  assert.match(huge.error, /has no collection\.json that can be read \(.*1000000000000 bytes/);
  for (const { code, out, error } of [elsewhere, huge]) {
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.equal(error.split('\n').length, 2);
  }
});

test('a folder may be given by a symbolic link', async (t) => {
  const folder = await saved(t);
  symlinkSync(folder, `${folder}-link`);
  const { code } = await runWith(['--from', `${folder}-link`]);
  assert.equal(code, 0);
});

test('a folder whose tables are of another system than it says is never judged', async (t) => {
  const folder = await saved(t);
  const path = join(folder, 'collection.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"name": "zookeeper",', '"name": "etcd",'));
  const { code, first } = await runWith(['--from', folder]);
  assert.equal(code, 2);
  assert.match(
    first,
    /^UNKNOWN {2}nothing listens on the ports of etcd in any pod, .*--profile zookeeper$/,
  );
});

test('a folder with a name that would steer the terminal is named plainly', async (t) => {
  const { code, error } = await runWith(['--from', join(scratch(t), '\u001b[2J\nx')]);
  assert.equal(code, 2);
  assert.match(error, /\\u001b\[2J\\nx" has no collection\.json/);
  assert.doesNotMatch(error.trimEnd(), /\p{C}/u);
});

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
