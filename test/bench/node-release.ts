import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The major that the image carries. */
export const LTS_MAJOR = 24;

export interface NodeRelease {
  readonly name: string;
  readonly path: string;
}

export function runningRelease(): NodeRelease {
  return { name: `Node ${process.versions.node}`, path: process.execPath };
}

/** Fetches a Node by npm into the user's cache, outside the tree; rejects where npm cannot. */
export async function fetchRelease(major: number): Promise<NodeRelease> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'quorum-probe-bench', `node-${major}`);
  const name = `node-linux-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(path)) {
    const how = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', '--prefix', folder, ...how, `${name}@${major}`]);
  }
  const { stdout } = await run(path, ['-p', 'process.versions.node']);
  return { name: `Node ${stdout.trim()}`, path };
}
