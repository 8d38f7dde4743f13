import { dirname, join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { parse } from 'yaml';
import { Problem, quote, whyUnreadable } from '../../config/problem.ts';
import { packageVersion } from '../../version.ts';
import { readInput } from '../read-input.ts';
import { readInjectArguments } from './arguments.ts';
import { injectInto } from './inject-text.ts';
import { limitsOf } from './limits.ts';

export interface InjectIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Gives a small file's text. */
  readonly readText: (path: string) => Promise<string>;
  /** Gives a file, or for `-` standard input, whole. */
  readonly readBytes?: (path: string) => Promise<Uint8Array>;
  /** How large V8 lets the heap grow. */
  readonly heapBytes?: number;
}

/** What a folder's kustomization may be called. */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * Prints the manifests with the probe added or taken out, and on standard error what was changed and what
 * should be. Resolves to 0, or to 2, with nothing printed, for bad usage and for input that is not understood.
 */
export async function inject(words: readonly string[], io: InjectIo): Promise<number> {
  try {
    const settings = readInjectArguments(words, packageVersion());
    const { file } = settings;
    const source = file === '-' ? 'standard input' : file;
    const text = decode(await contents(file, io), source);
    const beside = file === '-' ? [] : await kustomizationBeside(file, io);
    const { text: changed, report } = injectInto(text, source, settings, {
      beside,
      limits: limitsOf(io.heapBytes ?? getHeapStatistics().heap_size_limit),
    });
    io.out(changed);
    for (const line of report) io.error(`quorum-probe: ${line}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    io.error(`quorum-probe: ${error.message}\n`);
    return 2;
  }
}

async function contents(file: string, { readBytes = readInput }: InjectIo): Promise<Uint8Array> {
  try {
    return await readBytes(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new Problem(
        `cannot read ${quote(file)}: ${whyUnreadable(String(error.code))}; name a file of manifests`,
      );
    }
    throw new Problem(error instanceof Error ? error.message : String(error));
  }
}

/** Refuses what is no UTF-8: it could not be given back byte for byte. */
function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem(`${source} is not UTF-8; convert it first`);
  }
}

/** The kustomization in the file's folder, for what it says about names; one that cannot be read says nothing. */
async function kustomizationBeside(file: string, { readText }: InjectIo): Promise<unknown[]> {
  for (const name of KUSTOMIZATIONS) {
    try {
      return [parse(await readText(join(dirname(file), name)))];
    } catch {
      // Most folders have none.
    }
  }
  return [];
}
