import type { Owner } from '../model/socket.ts';

const UNKNOWN: Owner = { kind: 'unknown' };

/**
 * The owner that the columns after the state of `netstat` name: user and inode with `-e`, `PID/program` with
 * `-p`. A user without `-n` is a name, which tells no uid; inode 0 is a row that nobody holds.
 */
export function netstatOwner(rest: string): Owner {
  const [first = '', second = ''] = rest.trimStart().slice(0, 120).split(/\s+/, 2);
  if (/^\d{1,10}$/.test(first) && /^\d{1,12}$/.test(second)) {
    return second === '0' ? UNKNOWN : { kind: 'uid', uid: Number(first) };
  }
  const process = /(?:^|\s)(\d{1,10})\/([^\s/][^\s]{0,63}|\.[^\s]{0,63})/.exec(rest.slice(0, 160));
  return process === null ? UNKNOWN : processOf(process[1], process[2]);
}

/** The owner that `ss -e` (`uid:1000 ino:4711`, no uid for root) or `ss -p` (`users:(("java",pid=1,fd=2))`) names. */
export function ssOwner(rest: string): Owner {
  const inode = /\bino:(\d{1,12})/.exec(rest)?.[1];
  if (inode !== undefined) {
    return inode === '0'
      ? UNKNOWN
      : { kind: 'uid', uid: Number(/\buid:(\d{1,10})/.exec(rest)?.[1] ?? 0) };
  }
  // Before 2014 `ss` printed ("java",1,2).
  const process = /\(\("([^"]{1,64})",(?:pid=)?(\d{1,10})/.exec(rest);
  return process === null ? UNKNOWN : processOf(process[2], process[1]);
}

/** The owner that `lsof` names in its first columns: COMMAND and PID. */
export function lsofOwner(line: string): Owner {
  const process = /(?:^|\s)(\S{1,64})\s+(\d{1,10})\s/.exec(line.slice(0, 160));
  return process === null ? UNKNOWN : processOf(process[2], process[1]);
}

function processOf(pid = '', program = ''): Owner {
  return { kind: 'process', pid: Number(pid), program };
}
