import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../src/config/arguments.ts';
import { helpText } from '../../src/config/help.ts';
import { EXAMPLES } from '../../src/config/help-words.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { invoke } from './invocation.ts';

test('the help of the program names every command and option once, with its default', () => {
  const help = helpText(null, 100);
  for (const command of COMMANDS) assert.match(help, new RegExp(`^  ${command} +\\S`, 'm'));
  for (const { name, value, default: byDefault } of ALL_OPTIONS) {
    assert.equal(help.split(new RegExp(`^  --${name}(?= |$)`, 'm')).length, 2, name);
    if (byDefault !== null && value !== null) assert.ok(help.includes(`(${byDefault})`), name);
  }
});

test('the help of a command lists the options that have an effect on it', () => {
  for (const command of ['serve', 'scan'] as const) {
    const help = helpText(command, 100);
    for (const { name, commands } of ALL_OPTIONS) {
      const listed = new RegExp(`^  --${name}(?: |$)`, 'm').test(help);
      assert.equal(listed, commands.includes(command), `${command} --${name}`);
    }
  }
});

test('help fits its terminal but for commands to paste, and has no trailing blanks', () => {
  for (const width of [50, 63, 79, 80, 100]) {
    for (const command of [null, ...COMMANDS]) {
      const examples = command === null ? [] : EXAMPLES[command].flatMap((e) => e.type.split('\n'));
      for (const line of helpText(command, width).split('\n')) {
        assert.ok(line.length <= width || examples.includes(line.trim()), `${width}: ${line}`);
        assert.equal(line, line.trimEnd());
      }
    }
  }
});

/** What the kubelet writes for a pod of a StatefulSet. */
const hosts =
  '# Kubernetes-managed hosts file.\n10.0.0.1\tzk-0.zk.default.svc.cluster.local\tzk-0\n';

for (const command of COMMANDS) {
  test(`every example in the help of ${command} is understood`, async () => {
    for (const { type } of EXAMPLES[command]) {
      const words = /quorum-probe ?([^|<>\n)]*)/.exec(type)?.[1]?.trim() ?? '';
      const argv = words.split(/\s+/).map((word) => (word === 'NAME' ? 'zookeeper' : word));
      const asked = await invoke({ argv: argv.filter(Boolean), hosts, file: '{}' });
      assert.equal(asked.kind, command, asked.kind === 'refused' ? asked.problem : type);
    }
  });
}
