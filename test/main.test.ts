import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProgram } from './built-program.ts';

const built = buildProgram();

function program(...argv: readonly string[]) {
  return built.runs(argv);
}

test('bad usage is one line on stderr, an empty stdout and exit code 2', () => {
  for (const argv of [
    ['--nonsense'],
    ['scan', '--json', '--settle=soon'],
    ['scan', '--config=/nowhere'],
  ]) {
    const { status, stdout, stderr } = program(...argv);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^quorum-probe: [^\n]+\n$/);
  }
});

test('help, version, profiles and schema go to stdout with exit code 0', () => {
  const outputs = [
    [['--help'], /^quorum-probe tells/],
    [['scan', '--help'], /^Look once/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['profiles'], /^PROFILE {2}.*\nzookeeper {2}/],
    [['profiles', '--show', 'etcd'], /\nname: etcd\n/],
    [['schema'], /"title": "quorum-probe report"/],
    [['schema', 'profile'], /"title": "quorum-probe profile"/],
  ] as const;
  for (const [argv, expected] of outputs) {
    const { status, stdout, stderr } = program(...argv);
    assert.equal(status, 0, argv.join(' '));
    assert.match(stdout, expected);
    assert.equal(stderr, '');
  }
});

test('the schema command prints JSON', () => {
  assert.equal(JSON.parse(program('schema').stdout).type, 'object');
});
