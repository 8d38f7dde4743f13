import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** Opening a named pipe waits for its other end, and opening a terminal may adopt it, where these are not given. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Texts that people and machines write as settings; a ConfigMap holds no more. */
export const SETTINGS_BYTES = 1024 * 1024;

/** A read of a file whose length is not known beforehand, as below /proc. */
const PIECE_BYTES = 64 * 1024;

export interface OpenFile {
  readonly fd: number;
  /** How much may be read of it. The kernel gives files of /proc the length 0, and they have no limit. */
  readonly mostBytes: number;
}

/**
 * Opens a regular file for reading, symbolic links followed, without waiting for anything. Throws one line
 * that names the path where it is something else, or longer than `mostBytes`.
 */
export function openRegular(path: string, mostBytes: number): OpenFile {
  const fd = openSync(path, FLAGS);
  try {
    const stats = fstatSync(fd);
    refuse(path, stats, mostBytes);
    return { fd, mostBytes: stats.size === 0 ? Number.POSITIVE_INFINITY : mostBytes };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The text of a regular file, as `readBytes` reads it. */
export async function readRegular(path: string, mostBytes: number): Promise<string> {
  return (await readBytes(path, mostBytes)).toString('utf8');
}

/** A regular file of at most `mostBytes`, read without holding up anything else. Rejects with one line that names the path. */
export async function readBytes(path: string, mostBytes: number): Promise<Buffer> {
  const file = await open(path, FLAGS);
  try {
    const stats = await file.stat();
    refuse(path, stats, mostBytes);
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      // Not more than is there, and one byte to see that this was all.
      const room = Math.max(stats.size + 1 - bytes, PIECE_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(room), 0, room, bytes);
      if (bytesRead === 0) return Buffer.concat(pieces);
      pieces.push(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      if (bytes > mostBytes) throw tooLong(path, `more than ${mostBytes}`, mostBytes);
    }
  } finally {
    await file.close();
  }
}

function refuse(path: string, stats: Stats, mostBytes: number): void {
  if (!stats.isFile()) throw new Error(`${path} is ${kindOf(stats)}; give a regular file`);
  if (stats.size > mostBytes) throw tooLong(path, String(stats.size), mostBytes);
}

/** What a path leads to, in the words of a message. */
export function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSocket()) return 'a socket';
  return stats.isFile() ? 'a regular file' : 'a device';
}

/** The error of a text of `bytes`, which is longer than `mostBytes`. */
export function tooLong(path: string, bytes: string, mostBytes: number): Error {
  return new Error(`${path} has ${bytes} bytes; at most ${mostBytes} are read`);
}
