import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';

// Inside node_modules, where the built program finds its packages and no tool looks at it.
const CACHE = join('node_modules', '.cache');
/** Programs built from other sources may still be in use, but not for that long. */
const KEPT_MS = 60 * 60_000;
/** What the program is made from, besides `src/`. */
const MADE_FROM = [
  'deploy/build.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.build.json',
  'tsconfig.json',
];

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as users run it. */
export interface BuiltProgram {
  readonly path: string;
  /** Runs it to its end. */
  runs(argv: readonly string[], environment?: Environment): Ran;
  /** Starts it and lets it run. */
  starts(argv: readonly string[], environment?: Environment): ChildProcess;
}

/** Compiles the program, unless these very sources were compiled before. */
export function buildProgram(): BuiltProgram {
  const home = join(CACHE, `program-${digestOfSources()}`);
  if (!existsSync(home)) compileInto(home);
  const path = join(home, 'dist', 'main.js');
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
  };
}

/** Compiles elsewhere first: who finds the folder, finds it whole. */
function compileInto(home: string): void {
  mkdirSync(CACHE, { recursive: true });
  removeOld();
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  copyFileSync('package.json', join(draft, 'package.json'));
  const argv = ['--import', 'tsx', 'deploy/build.ts', join(draft, 'dist')];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  try {
    renameSync(draft, home);
  } catch (error) {
    // Another test was first.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

function removeOld(): void {
  const before = Date.now() - KEPT_MS;
  for (const name of readdirSync(CACHE)) {
    const folder = join(CACHE, name);
    if (!/^(?:program|draft)-/.test(name) || statSync(folder).mtimeMs > before) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

function digestOfSources(): string {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => statSync(path).isFile());
  const digest = createHash('sha256').update(process.version);
  for (const path of [...MADE_FROM, ...sources.sort()]) {
    digest.update(`\0${path}\0`).update(readFileSync(path));
  }
  return digest.digest('hex').slice(0, 16);
}
