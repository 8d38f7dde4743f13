import { type Document, isMap, parseAllDocuments, type YAMLMap } from 'yaml';
import { Problem } from '../../config/problem.ts';
import { asStatefulSet, type StatefulSet } from './manifest.ts';
import { nodeAt, type Path, Uneditable } from './text-edit.ts';

/** One document of a stream with the text that belongs to it; all texts together are the input. */
export interface Piece {
  readonly text: string;
  readonly value: unknown;
  /** The StatefulSets in it: itself, or items of a List. */
  readonly sets: readonly LocatedSet[];
}

export interface LocatedSet {
  readonly path: Path;
  readonly set: StatefulSet;
}

/** Keys merged with `<<` count, as for kubectl; keys written twice are left to whoever reads them next. */
const OPTIONS = {
  keepSourceTokens: true,
  merge: true,
  uniqueKeys: false,
  logLevel: 'error',
} as const;

/** The documents of a stream of YAML or JSON; throws a Problem that names the line where it is neither. */
export function readStream(text: string, source: string): readonly Piece[] {
  const documents = [parseAllDocuments(text, OPTIONS)].flat();
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    const line = error.linePos?.[0].line;
    const [what = ''] = error.message.split('\n');
    const place =
      / at line \d+, column \d+:?$/.test(what) || line === undefined ? '' : ` at line ${line}`;
    throw new Problem(
      `${source} is not YAML or JSON: ${what.replace(/:$/, '')}${place}; give rendered manifests`,
    );
  }
  if (documents.length === 0) return [{ text, value: null, sets: [] }];
  return documents.map((document, index) => {
    const start = index === 0 ? 0 : startOf(document);
    const next = documents[index + 1];
    const end = next === undefined ? text.length : startOf(next);
    const value = contentOf(document, source);
    return { text: text.slice(start, end), value, sets: setsIn(value, []) };
  });
}

function startOf({ range }: Document): number {
  if (range) return range[0];
  throw new Error('a document without a place in its stream');
}

/** Refuses what grows beyond measure by its aliases. */
function contentOf(document: Document, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(`${source} cannot be read: ${reason}; give rendered manifests`);
  }
}

function setsIn(value: unknown, path: Path): readonly LocatedSet[] {
  const set = asStatefulSet(value);
  if (set !== null) return [{ path, set }];
  return itemsOf(value).flatMap((item, index) => setsIn(item, [...path, 'items', index]));
}

/** The objects that a `List` holds. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const isList = 'kind' in value && typeof value.kind === 'string' && value.kind.endsWith('List');
  return isList && 'items' in value && Array.isArray(value.items) ? value.items : [];
}

/** Every object of a stream, those in Lists singly. */
export function objectsIn(pieces: readonly Piece[]): readonly unknown[] {
  const flat = (value: unknown): readonly unknown[] => {
    const items = itemsOf(value);
    return items.length === 0 ? [value] : items.flatMap(flat);
  };
  return pieces.flatMap(({ value }) => flat(value));
}

/** One document of a stream that has been read before, from its text alone. */
export function parsePiece(text: string): Document {
  const [document, second] = [parseAllDocuments(text, OPTIONS)].flat();
  if (document === undefined || second !== undefined || document.errors.length > 0) {
    throw new Uneditable('the change would not be read as it is meant');
  }
  return document;
}

export function onlyPiece(text: string): unknown {
  return parsePiece(text).toJS();
}

/** The mapping of a set; throws Uneditable where it is written as an alias or merged in. */
export function setNode(document: Document, path: Path): YAMLMap {
  const node = nodeAt(document.contents, path);
  if (isMap(node)) return node;
  throw new Uneditable('it is written as an alias; write it out');
}
