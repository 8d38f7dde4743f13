import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { completionScript } from '../../src/commands/completion.ts';
import { COMMANDS } from '../../src/config/arguments.ts';

/** What bash offers for a command line whose last word is being typed; `=` is a word of its own, as in bash. */
function offered(...words: readonly string[]): string[] {
  const script = `${completionScript('bash')}
COMP_WORDS=(quorum-probe "$@"); COMP_CWORD=$#
_quorum_probe
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

test('the first word completes to every command', () => {
  const all = offered('');
  for (const command of [...COMMANDS, 'help', 'version']) assert.ok(all.includes(command), command);
  assert.deepEqual(offered('sca'), ['scan']);
});

test('options complete to those of the command, and their values to the words they take', () => {
  assert.deepEqual(offered('scan', '--ou'), ['--output']);
  assert.deepEqual(offered('scan', '--output', ''), ['table', 'json', 'short']);
  assert.deepEqual(offered('scan', '--output', '=', 's'), ['short']);
  assert.deepEqual(offered('scan', '-o', 'j'), ['json']);
  assert.deepEqual(offered('serve', '--output', ''), offered('serve', ''));
  assert.deepEqual(offered('inject', '--ga'), ['--gate']);
  assert.deepEqual(offered('--profile', 'zoo'), ['zookeeper']);
  assert.deepEqual(offered('--profile', 'au'), []);
  for (const command of ['scan', 'diagnose', 'inject']) {
    assert.deepEqual(offered(command, '--profile', 'au'), ['auto']);
  }
  assert.deepEqual(offered('profiles', '--show', 'rabbit'), ['rabbitmq']);
});

test('schemas, shells and the commands of help complete too', () => {
  assert.deepEqual(offered('schema', 'pro'), ['profile']);
  assert.deepEqual(offered('completion', 'z'), ['zsh']);
  assert.deepEqual(offered('help', 'inj'), ['inject']);
});

test('the script for zsh is that for bash, which zsh is told to understand', () => {
  assert.equal(
    completionScript('zsh'),
    `autoload -U +X bashcompinit && bashcompinit\n${completionScript('bash')}`,
  );
});
