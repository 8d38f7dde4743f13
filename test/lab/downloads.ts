import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';

/** Puts what one of the lab's folders, `home`, asks for into an empty directory. */
export type Fetch = (home: string, directory: string) => Promise<unknown>;

/**
 * Fetches what one of the lab's folders asks for, once, into the user's cache, and gives the paths, in a
 * copy that servers may read, of the files that its `checksums.txt` pins.
 * @throws when a file is not the one that is pinned.
 */
export async function pinnedFiles(
  folder: string,
  version: string,
  fetch: Fetch,
): Promise<readonly string[]> {
  const home = fileURLToPath(new URL(`./${folder}/`, import.meta.url));
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const release = `${folder}-${version}`;
  const directory = join(caches, 'quorum-probe-lab', release);
  const pinned = await readPins(join(home, 'checksums.txt'));
  if (!(await isFilled(directory))) await fill(directory, (partial) => fetch(home, partial));
  for (const [name, checksum] of pinned) {
    const found = createHash('sha256').update(await readFile(join(directory, name)));
    if (found.digest('hex') === checksum) continue;
    throw new Error(
      `${name} in ${directory} is not the pinned file: remove the directory, try again`,
    );
  }
  // Servers run under a uid of their own, which may not enter the user's cache.
  const copy = join(workspace().directory, release);
  await run('cp', ['--recursive', '--no-target-directory', directory, copy]);
  return [...pinned.keys()].map((name) => join(copy, name));
}

async function readPins(file: string): Promise<Map<string, string>> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
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
async function fill(
  directory: string,
  fetch: (partial: string) => Promise<unknown>,
): Promise<void> {
  const partial = `${directory}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  await fetch(partial);
  await rm(directory, { recursive: true, force: true });
  await rename(partial, directory);
}
