import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfigFile } from '../../src/config/config-file.ts';

function texts(yaml: string) {
  return Object.fromEntries([...readConfigFile('f', yaml)].map(([name, { text }]) => [name, text]));
}

test('values are taken as text, lists and ports in the shape that YAML has for them', () => {
  assert.deepEqual(
    texts(`
members: [zk-0.zk, 10.0.0.1]
pod-ip: fd00::7
replicas: 3
bootstrap: false
scan-idle-share: 0.5%
ports:
  client: 2281
  quorum: [2888, 2889]
`),
    {
      members: 'zk-0.zk,10.0.0.1',
      'pod-ip': 'fd00::7',
      replicas: '3',
      bootstrap: 'false',
      'scan-idle-share': '0.5%',
      ports: 'client=2281,quorum=2888+2889',
    },
  );
});

test('an empty file and a key without a value set nothing', () => {
  assert.deepEqual(texts(''), {});
  assert.deepEqual(texts('# nothing\n'), {});
  assert.deepEqual(texts('members:\n'), {});
});

test('keys of the object prototype are unknown keys like any other', () => {
  assert.throws(() => texts('__proto__: {}'), /unknown key "__proto__"/);
  assert.throws(() => texts('constructor: x'), /unknown key "constructor"/);
});

test('a nest of aliases is refused before it unfolds', () => {
  const nest = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let depth = 0; depth < 9; depth++) {
    const from = String.fromCharCode(97 + depth);
    const to = String.fromCharCode(98 + depth);
    nest.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
  }
  assert.throws(() => texts(nest.join('\n')), /has aliases that cannot be followed/);
});

test('a file that nests without end is refused before it is parsed: it once ended the process', () => {
  const steps = Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`);
  for (const text of [
    '['.repeat(50_000),
    '{a: '.repeat(20_000),
    '- '.repeat(50_000),
    steps.join('\n'),
  ]) {
    assert.throws(() => texts(text), /^Error: f: is nested more than 30 levels deep[^\n]*$/);
  }
});

test('a file in which all is wrong is refused soon, by its first error', () => {
  const started = process.cpuUsage().user;
  assert.throws(
    () => texts(`a: 1\n${']'.repeat(100_000)}`),
    /not valid YAML: .* at line 2, column 1/,
  );
  assert.ok(process.cpuUsage().user - started < 3_000_000);
});
