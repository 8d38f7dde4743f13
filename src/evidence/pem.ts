import type { Pem } from '../model/web-config.ts';
import { readRegular } from '../regular-file.ts';

/** A chain of certificates, or a key, is a few kilobytes. */
const MOST_BYTES = 256 * 1024;

/** The text of a certificate, a key or a password. Rejects with one line that names the file. */
export function pemText(pem: Pem): Promise<string> {
  return pem.kind === 'inline' ? Promise.resolve(pem.text) : readRegular(pem.path, MOST_BYTES);
}

/** The paths of those that are files. */
export function pathsOf(pems: readonly (Pem | null | undefined)[]): readonly string[] {
  return pems.flatMap((pem) => (pem?.kind === 'file' ? [pem.path] : []));
}
