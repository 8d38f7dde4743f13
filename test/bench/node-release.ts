import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const DOCKERFILE = new URL('../../Dockerfile', import.meta.url);
const RUNTIME = /^ARG RUNTIME_IMAGE=\S*\/nodejs(\d+)-/m;

/** The majors that are measured: the oldest that is supported, the one between, the image's. */
export function measuredMajors(): number[] {
  return [20, 24, imageMajor()];
}

/** The major that the image carries, from the Dockerfile. */
export function imageMajor(): number {
  const major = RUNTIME.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1];
  if (major === undefined) throw new Error(`the Dockerfile names no base image as ${RUNTIME}`);
  return Number(major);
}

export interface NodeRelease {
  readonly name: string;
  readonly path: string;
}

/** The running Node where it is of that major, else one that npm fetches; rejects where npm cannot. */
export async function nodeRelease(major: number): Promise<NodeRelease> {
  if (process.versions.node.startsWith(`${major}.`)) {
    return { name: `Node ${process.versions.node}`, path: process.execPath };
  }
  return await fetchRelease(major);
}

/** Fetches a Node by npm into the user's cache, outside the tree. */
async function fetchRelease(major: number): Promise<NodeRelease> {
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
