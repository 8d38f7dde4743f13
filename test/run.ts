/**
 * Runs the parts of the tests that are named, such as `pure http`; fails where a test or a file fails. Under
 * QUORUM_TEST_TRIES=2 a file that has a process of its own runs once more where a test of it failed.
 * What each part holds is in runner/parts.ts.
 */
import { relative } from 'node:path';
import { run } from 'node:test';
import { fetchTools } from './deploy/tools.ts';
import { filesByPart, inTests, PARTS, testFolder } from './runner/parts.ts';
import { report } from './runner/report.ts';

/** How often a file with time limits may run until it passes: others may use the same machine. */
const TRIES = Number(process.env['QUORUM_TEST_TRIES'] ?? '1');
const OWN_PROCESS = new Set(
  [...PARTS].flatMap(([name, part]) =>
    part.process === 'one-per-file' ? (filesByPart().get(name) ?? []) : [],
  ),
);

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
  let failed = await failedOf(files);
  for (
    let attempt = 2;
    attempt <= TRIES && failed.length > 0 && failed.every(isRepeated);
    attempt += 1
  ) {
    console.log(`# again, attempt ${attempt}, after a failure: ${failed.map(inPart).join(', ')}`);
    failed = await failedOf(failed);
  }
  return failed.length === 0 ? 0 : 1;
}

/** Runs the files; resolves to those of them in which a test failed. */
async function failedOf(files: readonly string[]): Promise<string[]> {
  const failed = new Set<string>();
  const events = run({ files: [...files] }).on('test:fail', ({ file }) => failed.add(file ?? ''));
  for await (const text of report(events)) process.stdout.write(text);
  return [...failed];
}

/** What only computes is right or wrong at once: only a file with a process of its own waits for others. */
function isRepeated(file: string): boolean {
  return OWN_PROCESS.has(inPart(file));
}

function inPart(file: string): string {
  return relative(testFolder, file);
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
