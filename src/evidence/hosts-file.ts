import { closeSync, readFileSync } from 'node:fs';
import { openRegular } from '../regular-file.ts';

/** A hosts file of thousands of lines; what is longer is nobody's, and is not read. */
const MOST_BYTES = 262_144;

/**
 * The pod's hosts file, or `null` where it cannot be had whole: it is no regular file, too long, or not
 * to be read. Opening never waits, as it would for a pipe without a writer.
 */
export function readHostsFile(path = '/etc/hosts'): string | null {
  try {
    const { fd } = openRegular(path, MOST_BYTES);
    try {
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
