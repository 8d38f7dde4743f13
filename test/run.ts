/**
 * Runs the parts of the tests that are named, such as `pure http`; fails where a test or a file fails.
 * What each part holds is in runner/parts.ts.
 */
import { run } from 'node:test';
import { fetchTools } from './deploy/tools.ts';
import { filesByPart, inTests, PARTS } from './runner/parts.ts';
import { report } from './runner/report.ts';

/** Parts that their own programs run. */
const OWN_PROGRAM = new Set(['lab', 'cluster']);

process.exitCode = await runParts(process.argv.slice(2));

async function runParts(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !PARTS.has(name) || OWN_PROGRAM.has(name));
  if (names.length === 0 || unknown.length > 0) {
    const known = [...PARTS.keys()].filter((name) => !OWN_PROGRAM.has(name)).join(', ');
    console.error(`no part of the tests is called "${unknown.join()}": name some of ${known}`);
    return 2;
  }
  if (names.includes('deploy')) fetchIfPossible();
  const files = names.flatMap(entriesOf);
  if (files.length === 0) {
    console.log(`there is no test in ${names.join(', ')} yet`);
    return 0;
  }
  const failures: string[] = [];
  const events = run({ files }).on('test:fail', ({ name }) => failures.push(name));
  for await (const text of report(events)) process.stdout.write(text);
  return failures.length === 0 ? 0 : 1;
}

/** What node's test runner starts for a part: one file that loads the others, or each of them. */
function entriesOf(name: string): string[] {
  const files = filesByPart().get(name) ?? [];
  if (PARTS.get(name)?.process === 'one') return [inTests(`runner/${name}.ts`)];
  return files.map(inTests);
}

/** Without a network the tests that need kubectl and helm are skipped, and under CI they fail. */
function fetchIfPossible(): void {
  try {
    fetchTools();
  } catch (error) {
    console.error(`kubectl and helm could not be fetched: ${String(error)}`);
  }
}
