import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../src/config/arguments.ts';
import { helpText } from '../../src/config/help.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';

test('the help of the program names every command and option once, with its default', () => {
  const help = helpText(null);
  for (const command of COMMANDS) assert.match(help, new RegExp(`^  ${command} +\\S`, 'm'));
  for (const { name, value, default: byDefault } of ALL_OPTIONS) {
    assert.equal(help.split(new RegExp(`^  --${name}(?= |$)`, 'm')).length, 2, name);
    if (byDefault !== null && value !== null) assert.ok(help.includes(`(${byDefault})`), name);
  }
});

test('the help of a command lists the options that have an effect on it', () => {
  for (const command of ['serve', 'scan'] as const) {
    const help = helpText(command);
    for (const { name, commands } of ALL_OPTIONS) {
      const listed = new RegExp(`^  --${name}(?: |$)`, 'm').test(help);
      assert.equal(listed, commands.includes(command), `${command} --${name}`);
    }
  }
});

test('help fits a terminal of 100 columns and has no trailing blanks', () => {
  for (const command of [null, ...COMMANDS]) {
    for (const line of helpText(command).split('\n')) {
      assert.ok(line.length <= 100, line);
      assert.equal(line, line.trimEnd());
    }
  }
});
