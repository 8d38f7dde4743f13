import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertmanagerPart } from './inhibition.ts';
import { asYaml, prometheusRule, ruleFile } from './rules.ts';
import { commandOf, type RuleSettings, usageOf } from './settings.ts';

/** Every generated file of this folder by its name, made with these settings. */
export function generatedFiles(settings: RuleSettings): ReadonlyMap<string, string> {
  return new Map([
    ['rules.yaml', asYaml(ruleFile(settings))],
    ['prometheusrule.yaml', asYaml(prometheusRule(settings))],
    ['alertmanager.yaml', asYaml(alertmanagerPart(settings))],
  ]);
}

function main(args: readonly string[]): void {
  try {
    const { settings, out } = commandOf(args);
    for (const [name, text] of generatedFiles(settings)) {
      writeFileSync(join(out ?? import.meta.dirname, name), text);
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usageOf('rules')}`);
    process.exitCode = 2;
  }
}

if (import.meta.filename === process.argv[1]) main(process.argv.slice(2));
