import { isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { breakLength, breakLengthBefore, lastLineEnd, lineStart } from './lines.ts';
import * as edit from './text-edit.ts';
import { Uneditable } from './text-edit.ts';

/** What is to be taken out below a StatefulSet. */
export type Removal =
  /** The entry of a list with that `name`. */
  | { readonly kind: 'item'; readonly path: readonly string[]; readonly name: string }
  | { readonly kind: 'field'; readonly path: readonly string[] };

/** What an injection left to take it back by. */
export interface Trace {
  /** Paths of keys that it made; they go when nothing else is left in them. */
  readonly made: readonly string[];
  /** Scalars that it replaced, as they were written, by path. */
  readonly was: Readonly<Record<string, string>>;
}

/** The edits of a removal; none where there is nothing to remove. */
export function removal(
  text: string,
  root: YAMLMap,
  what: Removal,
  trace: Trace,
): edit.TextEdit | null {
  const holder = edit.nodeAt(root, what.kind === 'item' ? what.path : what.path.slice(0, -1));
  if (what.kind === 'item') {
    if (!isSeq(holder)) return null;
    const index = holder.items.findIndex((item) => isMap(item) && item.get('name') === what.name);
    return index === -1 ? null : without(text, root, what.path, holder, index, trace);
  }
  const key = what.path.at(-1) ?? '';
  return isMap(holder) ? withoutKey(text, root, what.path, holder, key, trace) : null;
}

function withoutKey(
  text: string,
  root: YAMLMap,
  path: readonly string[],
  map: YAMLMap,
  key: string,
  trace: Trace,
): edit.TextEdit | null {
  const index = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  const pair = map.items[index];
  if (pair === undefined) return null;
  const back = broughtBack(text, pair, path, trace);
  return back ?? without(text, root, path.slice(0, -1), map, index, trace);
}

/** The edit that writes a replaced scalar again; `null` where there was none. */
function broughtBack(
  text: string,
  pair: Pair,
  path: readonly string[],
  { was }: Trace,
): edit.TextEdit | null {
  const source = was[path.join('.')];
  if (source === undefined) return null;
  const start = edit.rangeOf(pair.value)[0];
  const end = edit.endOf(pair.value);
  if (source !== '') return { start, end, text: source, depth: 0 };
  // What a key without a value got stands on a line of its own.
  const line = lineStart(text, start);
  return { start: line - breakLengthBefore(text, line), end, text: '', depth: 0 };
}

/** Takes an entry out of the collection at `path`, and the collection with it where it was made for that. */
function without(
  text: string,
  root: YAMLMap,
  path: readonly string[],
  collection: YAMLMap | YAMLSeq,
  index: number,
  trace: Trace,
): edit.TextEdit {
  if (collection.items.length === 1 && path.length > 0) {
    const holder = edit.nodeAt(root, path.slice(0, -1));
    const known = path.join('.');
    if (isMap(holder) && (isMade(known, trace) || trace.was[known] !== undefined)) {
      const whole = withoutKey(text, root, path, holder, path.at(-1) ?? '', trace);
      if (whole !== null) return whole;
    }
  }
  return edit.isFlow(collection)
    ? flowEntry(collection, index)
    : blockEntry(text, collection.items[index]);
}

/** Whether the injection made what is at a path, or something around it. */
function isMade(path: string, { made }: Trace): boolean {
  return made.some((one) => path === one || path.startsWith(`${one}.`));
}

function startOf(entry: unknown): number {
  const first = typeof entry === 'object' && entry !== null && 'key' in entry ? entry.key : entry;
  return edit.rangeOf(first)[0];
}

/** With the line break before it, as it was added. */
function blockEntry(text: string, entry: unknown): edit.TextEdit {
  const start = lineStart(text, startOf(entry));
  if (!/^ *(?:- +)?$/.test(text.slice(start, startOf(entry)))) {
    throw new Uneditable('what was added does not stand on lines of its own');
  }
  const end = lastLineEnd(text, edit.endOf(entry));
  const before = breakLengthBefore(text, start);
  return before > 0
    ? { start: start - before, end, text: '', depth: 0 }
    : { start, end: end + breakLength(text, end), text: '', depth: 0 };
}

function flowEntry(collection: YAMLMap | YAMLSeq, index: number): edit.TextEdit {
  const [before, entry, next] = [
    collection.items[index - 1],
    collection.items[index],
    collection.items[index + 1],
  ];
  const end = edit.endOf(entry);
  if (before !== undefined) return { start: edit.endOf(before), end, text: '', depth: 0 };
  const start = startOf(entry);
  return { start, end: next === undefined ? end : startOf(next), text: '', depth: 0 };
}
