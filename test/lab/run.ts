/**
 * Runs the lab's test files whose names contain one of the arguments, or all of them, one after
 * another, and prints the table of what they measured. Those of servers that must be downloaded
 * (`.jvm.test.ts`) run when they are named, or with --all.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markdownTable, readResults } from './results.ts';
import { exitOf } from './run-command.ts';

const all = process.argv.includes('--all');
const wanted = process.argv.slice(2).filter((word) => word !== '--all');
const directory = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => all || !name.endsWith('.jvm.test.ts') || wanted.length > 0)
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .map((name) => join(directory, name))
  .sort();

const results = join(mkdtempSync(join(tmpdir(), 'quorum-lab-results-')), 'outcomes');
const options = ['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec'];
const child = spawn(process.execPath, [...options, ...files], {
  stdio: 'inherit',
  env: { ...process.env, QUORUM_LAB_RESULTS: results },
});
// A Ctrl-C reaches the children too: wait until they have cleaned up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
const code = await exitOf(child);
const outcomes = readResults(results);
if (outcomes.length > 0) console.log(`\n${markdownTable(outcomes)}`);
rmSync(join(results, '..'), { recursive: true, force: true });
process.exitCode = typeof code === 'number' ? code : 1;
