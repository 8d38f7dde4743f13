import { readFileSync, statSync } from 'node:fs';
import { parseMembersFile } from '../config/members-file.ts';
import type { Ensemble } from '../model/settings.ts';

export interface MembersFileWatch {
  ensemble(): Ensemble;
  /** Reads the file again if it changed; the last good members stay where it cannot be understood. */
  poll(): void;
}

/**
 * Follows a file of `server.N=` lines. Throws at the start where it cannot be read or understood;
 * afterwards `onTrouble` is told, once for each state of the file.
 */
export function watchMembersFile(
  path: string,
  podName: string,
  onTrouble: (reason: string) => void,
): MembersFileWatch {
  // Before the text, so that a change between the two is seen.
  let seen = stampOf(path);
  let ensemble = readEnsemble(path, podName);

  return {
    ensemble: () => ensemble,
    poll() {
      const stamp = stampOf(path);
      if (stamp === seen) return;
      seen = stamp;
      try {
        ensemble = readEnsemble(path, podName);
      } catch (error) {
        onTrouble(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function readEnsemble(path: string, podName: string): Ensemble {
  const file = parseMembersFile(readFileSync(path, 'utf8'), podName);
  if (file.kind === 'invalid') throw new Error(`members file ${path}: ${file.problem}`);
  return { kind: 'members', members: file.members };
}

/** Changes whenever the file does; a mounted ConfigMap changes by a new inode. */
function stampOf(path: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(path);
    return `${mtimeMs} ${ino} ${size}`;
  } catch {
    return 'unreadable';
  }
}
