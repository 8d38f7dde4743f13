import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';
import { DEBIAN, type Release } from './zookeeper.ts';

const VERSION = '3.9.5';
const POM = fileURLToPath(new URL('./newest/pom.xml', import.meta.url));
const CHECKSUMS = fileURLToPath(new URL('./newest/checksums.txt', import.meta.url));

/** Debian's release, and under `QUORUM_LAB_RELEASES=all` the newest one from Maven Central too. */
export async function selectedReleases(): Promise<readonly Release[]> {
  return process.env['QUORUM_LAB_RELEASES'] === 'all' ? [DEBIAN, await newest()] : [DEBIAN];
}

/**
 * Fetches the newest release once, by Maven, into the user's cache.
 * @throws when a jar is not the one that `checksums.txt` pins.
 */
async function newest(): Promise<Release> {
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const directory = join(caches, 'quorum-probe-lab', `zookeeper-${VERSION}`);
  const pinned = await readPins();
  if (!(await isFilled(directory))) await fetchJars(directory);
  for (const [name, checksum] of pinned) {
    const found = createHash('sha256').update(await readFile(join(directory, name)));
    if (found.digest('hex') === checksum) continue;
    throw new Error(
      `${name} in ${directory} is not the pinned jar: remove the directory, try again`,
    );
  }
  // Servers run under a uid of their own, which may not enter the user's cache.
  const copy = join(workspace().directory, `zookeeper-${VERSION}`);
  await run('cp', ['--recursive', directory, copy]);
  return { version: VERSION, classPath: [...pinned.keys()].map((name) => join(copy, name)) };
}

async function readPins(): Promise<Map<string, string>> {
  const lines = (await readFile(CHECKSUMS, 'utf8')).split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [checksum = '', name = ''] = line.split('  ');
      return [name, checksum];
    }),
  );
}

async function isFilled(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  return names.length > 0;
}

/** Downloads beside the cache first, so that an aborted download is not taken for a whole one. */
async function fetchJars(directory: string): Promise<void> {
  const partial = `${directory}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  await run('mvn', ['--quiet', '--batch-mode', '-f', POM, ...copy, `-DoutputDirectory=${partial}`]);
  await rm(directory, { recursive: true, force: true });
  await rename(partial, directory);
}
