/**
 * Runs the lab's test files whose names contain one of the arguments, or all of them, one after
 * another, and prints the table of what they measured. Those of programs that must be downloaded
 * (`.fetched.test.ts`), and those that take long (`.long.test.ts`), run when they are named, or with --all.
 * With --releases=all ZooKeeper's newest release runs beside Debian's; --soak-seconds=N is how long the soak
 * test watches, and --soak-pauses has it stop members for some seconds as well. With --both-sources a second agent
 * reads /proc beside each member's, which uses netlink, and both must answer the same wherever things have come to rest.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownTable, readResults } from './results.ts';
import { exitOf } from './run-command.ts';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    releases: { type: 'string' },
    'soak-seconds': { type: 'string' },
    'soak-pauses': { type: 'boolean', default: false },
    'both-sources': { type: 'boolean', default: false },
  },
});
/** What the test files read of the options: each runs in a process of its own. */
const passedOn = Object.entries({
  QUORUM_LAB_RELEASES: options.releases,
  QUORUM_LAB_SOAK_SECONDS: options['soak-seconds'],
  QUORUM_LAB_SOAK_PAUSES: options['soak-pauses'] ? 'yes' : undefined,
  QUORUM_LAB_BOTH_SOURCES: options['both-sources'] ? 'yes' : undefined,
}).filter(([, value]) => value !== undefined);
const directory = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => options.all || !/\.(?:fetched|long)\.test\.ts$/.test(name) || wanted.length > 0)
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .map((name) => join(directory, name))
  .sort();

/** How often a file may run until it passes: a busy machine delays servers past what any bound forgives. */
const tries = Number(process.env['QUORUM_TEST_TRIES'] ?? '1');

const results = join(mkdtempSync(join(tmpdir(), 'quorum-lab-results-')), 'outcomes');
let child: ChildProcess | null = null;
let interrupted = false;
// A Ctrl-C reaches the children too: wait until they have cleaned up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    child?.kill(signal);
  });
}

async function passes(file: string): Promise<boolean> {
  child = spawn(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=spec', file], {
    stdio: 'inherit',
    env: { ...process.env, ...Object.fromEntries(passedOn), QUORUM_LAB_RESULTS: results },
  });
  return (await exitOf(child)) === 0;
}

const failed: string[] = [];
const repeated: string[] = [];
for (const file of files) {
  let passed = false;
  for (let attempt = 1; attempt <= tries && !passed && !interrupted; attempt += 1) {
    if (attempt > 1) repeated.push(basename(file));
    console.log(`\n== ${basename(file)}${attempt === 1 ? '' : `, attempt ${attempt}`}`);
    passed = await passes(file);
  }
  if (!passed) failed.push(basename(file));
}

const outcomes = readResults(results);
if (outcomes.length > 0) console.log(`\n${markdownTable(outcomes)}`);
rmSync(join(results, '..'), { recursive: true, force: true });
if (repeated.length > 0) console.log(`\nrun again after a failure: ${repeated.join(', ')}`);
if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 && !interrupted ? 0 : 1;
