import { isAbsolute, join } from 'node:path';
import type { Pem } from '../model/web-config.ts';
import { didYouMean } from './nearest.ts';
import { Problem, quote } from './problem.ts';

/** The keys of one mapping of a file, each of which is read once and by its kind. */
export interface Fields {
  text(key: string): string | null;
  flag(key: string): boolean | null;
  /** One of the words; `null` where the key is not there. */
  word<Word extends string>(key: string, words: readonly Word[]): Word | null;
  mapping(key: string): ReadonlyMap<unknown, unknown> | null;
  /** What `inline`, or the file that `inline_file` names, holds; not both. */
  pem(inline: string): Pem | null;
  has(key: string): boolean;
  /** Throws a Problem about a key. */
  fail(key: string, problem: string): never;
}

export interface FieldsOf {
  /** The file's path as given; paths in it are relative to its folder. */
  readonly file: string;
  /** Where in the file the mapping stands; empty for the whole. */
  readonly at: string;
  readonly known: readonly string[];
  /** Keys of the format that the probe does not obey, and why not. */
  readonly unsupported?: Readonly<Record<string, string>>;
}

/** Reads a mapping; throws a Problem for a key that is not known, or is of the format and not obeyed. */
export function fieldsOf(
  mapping: ReadonlyMap<unknown, unknown>,
  { file, at, known, unsupported = {} }: FieldsOf,
): Fields {
  const nameOf = (key: string): string => (at === '' ? key : `${at}.${key}`);
  const fail = (key: string, problem: string): never => {
    throw new Problem(`${file}: ${nameOf(key)} ${problem}`);
  };
  for (const key of mapping.keys()) {
    const name = String(key);
    const why = unsupported[name];
    if (why !== undefined) fail(name, `is not supported: ${why}; remove it`);
    if (!known.includes(name)) {
      const remedy = didYouMean(name, known, `known are ${known.join(', ')}`);
      throw new Problem(`${file}: unknown key ${quote(nameOf(name))}; ${remedy}`);
    }
  }
  const valueAt = (key: string): unknown => mapping.get(key) ?? null;

  function text(key: string): string | null {
    const value = valueAt(key);
    if (value === null) return null;
    return typeof value === 'string' && value !== '' ? value : fail(key, 'must be a text');
  }

  return {
    text,
    fail,
    has: (key) => valueAt(key) !== null,
    flag(key) {
      const value = valueAt(key);
      if (value === null) return null;
      return typeof value === 'boolean' ? value : fail(key, 'must be true or false');
    },
    word(key, words) {
      const given = text(key);
      if (given === null) return null;
      const found = words.find((word) => word === given);
      return found ?? fail(key, `is ${quote(given)}; write one of ${words.join(', ')}`);
    },
    mapping(key) {
      const value = valueAt(key);
      if (value === null) return null;
      return value instanceof Map ? value : fail(key, 'must be a mapping');
    },
    pem(inline) {
      const [given, path] = [text(inline), text(`${inline}_file`)];
      if (given !== null && path !== null) {
        return fail(inline, `and ${nameOf(`${inline}_file`)} are both given; remove one`);
      }
      if (given !== null) return { kind: 'inline', text: given };
      if (path === null) return null;
      return { kind: 'file', path: isAbsolute(path) ? path : join(file, '..', path) };
    },
  };
}
