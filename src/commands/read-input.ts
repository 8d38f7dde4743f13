import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { kindOf, readBytes, tooLong } from '../regular-file.ts';

/** The longest listing that is read: a million rows. */
const INPUT_BYTES = 256 * 1024 * 1024;

/**
 * The contents of a file, of a pipe or, for `-`, of standard input. Rejects with one line that names it where
 * it is something else, too long, or cannot be read.
 */
export async function readInput(path: string): Promise<Uint8Array> {
  if (path === '-') return await readStream('standard input', process.stdin);
  const stats = await stat(path);
  // A pipe gives what somebody else writes, as `--input <(kubectl exec …)` does: waiting for that is meant.
  if (stats.isFIFO()) return await readStream(path, createReadStream(path));
  if (!stats.isFile()) {
    throw new Error(`${path} is ${kindOf(stats)}; give a file, a pipe, or - for standard input`);
  }
  return await readBytes(path, INPUT_BYTES);
}

async function readStream(name: string, stream: Readable): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    const read = Buffer.from(piece);
    pieces.push(read);
    bytes += read.length;
    if (bytes > INPUT_BYTES) throw tooLong(name, `more than ${INPUT_BYTES}`, INPUT_BYTES);
  }
  return Buffer.concat(pieces);
}
