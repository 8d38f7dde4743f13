import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Inside node_modules, where the built program finds its packages and no tool looks at it.
const CACHE = join('node_modules', '.cache');

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as users run it, compiled into a folder of its own. */
export interface BuiltProgram {
  readonly path: string;
  /** Runs it to its end. */
  runs(argv: readonly string[], environment?: Environment): Ran;
  /** Starts it and lets it run. */
  starts(argv: readonly string[], environment?: Environment): ChildProcess;
  remove(): void;
}

export function buildProgram(): BuiltProgram {
  mkdirSync(CACHE, { recursive: true });
  const home = mkdtempSync(join(CACHE, 'program-'));
  copyFileSync('package.json', join(home, 'package.json'));
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  const outDir = join(home, 'dist');
  const build = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir]);
  assert.equal(build.status, 0, String(build.stdout));
  const path = join(outDir, 'main.js');
  return {
    path,
    runs(argv, environment = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...argv], {
        encoding: 'utf8',
        env: environment,
      });
      return { status, stdout, stderr };
    },
    starts: (argv, environment = {}) =>
      spawn(process.execPath, [path, ...argv], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
