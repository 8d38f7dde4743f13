import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInjectArguments } from '../../src/commands/inject/arguments.ts';
import { injectInto } from '../../src/commands/inject/inject-text.ts';

const TESTS = join(import.meta.dirname, '..');
const EXAMPLES = join(TESTS, '../deploy/examples');

/** Manifests in the manner of charts and operators, by file name. */
export const FIXTURES: ReadonlyMap<string, string> = new Map([
  ...readdirSync(join(TESTS, 'fixtures/inject')).map((name): [string, string] => [
    name,
    readFileSync(join(TESTS, 'fixtures/inject', name), 'utf8'),
  ]),
  ...readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name): [string, string] => [name, readFileSync(join(EXAMPLES, name), 'utf8')]),
]);

export function fixture(name: string): string {
  const text = FIXTURES.get(name);
  if (text === undefined) throw new Error(`no fixture ${name}`);
  return text;
}

/** What `inject` makes of a text with these words on its command line. */
export function injected(text: string, ...words: string[]) {
  return injectInto(text, 'standard input', readInjectArguments(words, '0.1.0'));
}

/** Every way to inject that changes what is added. */
export const WAYS: readonly (readonly string[])[] = [
  [],
  ['--gate'],
  ['--native-sidecar', '--image=registry.example.com/quorum-probe:1'],
  ['--native-sidecar', '--gate', '--ask=peers,envoy'],
  ['--hold'],
  ['--native-sidecar', '--gate', '--hold'],
  ['--gate', '--hold', '--listen-health=4890'],
  ['--gate', '--hold', '--ask=peers', '--web-config-secret=web'],
];
