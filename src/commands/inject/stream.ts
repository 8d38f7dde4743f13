import {
  Composer,
  type Document,
  isMap,
  LineCounter,
  Parser,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { Problem } from '../../config/problem.ts';
import { type Limits, NO_LIMITS, refuseTooLarge } from './limits.ts';
import { asStatefulSet, isTelling, type StatefulSet } from './manifest.ts';
import { nodeAt, type Path, Uneditable } from './text-edit.ts';

/** One document of a stream with the text that belongs to it; all texts together are the input. */
export interface Piece {
  readonly text: string;
  /** The StatefulSets in it: itself, or items of a List. */
  readonly sets: readonly LocatedSet[];
  /** The objects in it that say something about StatefulSets; the others are not kept. */
  readonly beside: readonly unknown[];
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

/**
 * The documents of a stream of YAML or JSON, one parsed at a time; throws a Problem that names the line where it is
 * neither, or the document that is too large for `limits`.
 */
export function readStream(
  text: string,
  source: string,
  limits: Limits = NO_LIMITS,
): readonly Piece[] {
  refuseTooLarge(text, source, limits);
  const counter = new LineCounter();
  const tokens = new Parser(counter.addNewLine).parse(text);
  const composed = new Composer(OPTIONS).compose(tokens);
  const contents: (Pick<Piece, 'sets' | 'beside'> & { readonly start: number })[] = [];
  for (const document of composed) {
    refuseErrors(document, source, counter);
    const value = contentOf(document, source);
    const start = contents.length === 0 ? 0 : startOf(document);
    contents.push({ start, sets: setsIn(value, []), beside: flat(value).filter(isTelling) });
  }
  if (contents.length === 0) return [{ text, sets: [], beside: [] }];
  return contents.map(({ start, ...content }, index) => ({
    text: text.slice(start, contents[index + 1]?.start ?? text.length),
    ...content,
  }));
}

function refuseErrors({ errors }: Document, source: string, counter: LineCounter): void {
  const [error] = errors;
  if (error === undefined) return;
  const [what = ''] = error.message.split('\n');
  const { line } = counter.linePos(error.pos[0]);
  const place = / at line \d+, column \d+:?$/.test(what) ? '' : ` at line ${line}`;
  throw new Problem(
    `${source} is not YAML or JSON: ${what.replace(/:$/, '')}${place}; give rendered manifests`,
  );
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
function itemsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const isList = 'kind' in value && typeof value.kind === 'string' && value.kind.endsWith('List');
  return isList && 'items' in value && Array.isArray(value.items) ? value.items : [];
}

/** The objects of a document, those in Lists singly. */
function flat(value: unknown): readonly unknown[] {
  const items = itemsOf(value);
  return items.length === 0 ? [value] : items.flatMap(flat);
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
