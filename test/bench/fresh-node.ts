import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Node whose pages nobody holds yet: as on a machine where no other pod runs the image, they are all billed. */
export interface FreshNode {
  readonly path: string;
  remove(): void;
}

/** Copies the executable and drops the copy from the page cache. */
export async function freshNode(path: string): Promise<FreshNode> {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-bench-'));
  const copy = join(folder, 'node');
  copyFileSync(path, copy);
  // For whatever user the measured process runs as.
  chmodSync(folder, 0o755);
  await run('sync', [copy]);
  // With a count of 0, dd reads nothing and drops what is cached of the whole file.
  await run('dd', [`if=${copy}`, 'iflag=nocache', 'count=0', 'status=none']);
  return { path: copy, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
