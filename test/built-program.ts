import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';

// Inside node_modules, where the built program finds its packages and no tool looks at it.
const CACHE = join('node_modules', '.cache');

/** Builds the program before this file's tests and removes it after them; answers where it starts. */
export function builtProgram(): () => string {
  let home = '';
  before(() => {
    mkdirSync(CACHE, { recursive: true });
    home = mkdtempSync(join(CACHE, 'program-'));
    copyFileSync('package.json', join(home, 'package.json'));
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
    const into = ['-p', 'tsconfig.build.json', '--outDir', join(home, 'dist')];
    const build = spawnSync(process.execPath, [tsc, ...into]);
    assert.equal(build.status, 0, String(build.stdout));
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  return () => join(home, 'dist', 'main.js');
}
