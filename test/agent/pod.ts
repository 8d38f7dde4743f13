import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Socket } from '../../src/model/socket.ts';
import { familyOf, fileText } from '../proc/kernel-text.ts';

/** What of the kernel's counters a test moves. */
export interface Moved {
  readonly activeOpens?: number;
  readonly passiveOpens?: number;
  readonly attemptFails?: number;
  readonly outRsts?: number;
  readonly retransSegs?: number;
}

/** A folder in the shape of a pod's `/proc`, whose tables a test writes anew. */
export interface PodFolder {
  readonly root: string;
  /** Writes the tables, and the counters as the kernel moves them when a connection was opened. */
  shows(rows: readonly Socket[], moved?: Moved): void;
  /** Writes the tables alone: bytes that stay unread move no counter. */
  showsQuietly(rows: readonly Socket[]): void;
  /** Takes a file away, or writes it as given. */
  breaks(file: 'tcp' | 'tcp6' | 'snmp' | 'sockstat' | 'sockstat6', text: string | null): void;
}

/** Tables are written thousands of times, and a file written anew may go to the disk each time. */
const SCRATCH = isWritable('/dev/shm') ? '/dev/shm' : tmpdir();

const SNMP = ['ActiveOpens', 'PassiveOpens', 'AttemptFails', 'EstabResets', 'CurrEstab'] as const;

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function podFolder(t: TestContext, rows: readonly Socket[]): PodFolder {
  const root = mkdtempSync(join(SCRATCH, 'quorum-probe-pod-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'net'));
  const written = new Map<string, string>();
  const write = (file: string, text: string): void => {
    if (written.get(file) === text) return;
    writeFileSync(join(root, 'net', file), text);
    written.set(file, text);
  };
  let opened = 0;
  let seen: Required<Moved> = {
    activeOpens: 0,
    passiveOpens: 0,
    attemptFails: 0,
    outRsts: 0,
    retransSegs: 0,
  };

  function tables(next: readonly Socket[]): void {
    for (const family of ['tcp', 'tcp6'] as const) {
      const own = next.filter((row) => familyOf(row) === family);
      const inUse = own.filter(({ state }) => state !== 'time_wait').length;
      write(family, fileText(own));
      if (family === 'tcp') write('sockstat', `TCP: inuse ${inUse} orphan 0 tw 0 alloc 0 mem 0\n`);
      else write('sockstat6', `TCP6: inuse ${inUse}\n`);
    }
  }

  const folder: PodFolder = {
    root,
    shows(next, moved = {}) {
      tables(next);
      opened += 1;
      seen = { ...seen, activeOpens: opened, ...moved };
      const established = next.filter(({ state }) => state === 'established').length;
      const values = [seen.activeOpens, seen.passiveOpens, seen.attemptFails, 0, established];
      write(
        'snmp',
        `Tcp: ${SNMP.join(' ')} RetransSegs OutRsts\nTcp: ${values.join(' ')} ${seen.retransSegs} ${seen.outRsts}\n`,
      );
    },
    showsQuietly: tables,
    breaks(file, text) {
      if (text !== null) write(file, text);
      else if (written.delete(file)) rmSync(join(root, 'net', file));
    },
  };
  folder.shows(rows);
  return folder;
}
