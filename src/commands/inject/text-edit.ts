import type { YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';

/** One replacement in a text; offsets are UTF-16 units. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** How deep in the document it stands: of insertions in one place the deepest comes first. */
  readonly depth: number;
}

export type Path = readonly (string | number)[];

/** The manifest is written in a way that cannot be changed in place; the message says where and why. */
export class Uneditable extends Error {}

/** Applies edits that do not overlap; those of one place by depth, then in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const inOrder = edits
    .map((edit, index) => ({ edit, index }))
    .sort(
      (a, b) => a.edit.start - b.edit.start || b.edit.depth - a.edit.depth || a.index - b.index,
    );
  let done = 0;
  let result = '';
  for (const { edit } of inOrder) {
    if (edit.start < done) throw new Uneditable('two changes meet in one place');
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return result + text.slice(done);
}

/** The pair of a mapping with that key, itself written there and not merged in. */
export function pairOf(map: YAMLMap, key: string): Pair | null {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) ?? null;
}

/** The node at a path; `null` where the path ends before, or goes through an alias. */
export function nodeAt(root: unknown, path: Path): Node | null {
  let node = root;
  for (const step of path) {
    if (isMap(node) && typeof step === 'string') node = pairOf(node, step)?.value;
    else if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else return null;
  }
  return isNode(node) ? node : null;
}

export function isFlow(collection: YAMLMap | YAMLSeq): boolean {
  return collection.srcToken?.type === 'flow-collection';
}

/** The column in which the entries of a block collection begin. */
export function columnOf(collection: YAMLMap | YAMLSeq): number {
  const token = collection.srcToken;
  if (token?.type === 'block-map' || token?.type === 'block-seq') return token.indent;
  throw new Uneditable('its place in the text is not known');
}

/** Where a node's own text starts and ends, without what stands around it. */
export function rangeOf(node: unknown): readonly [number, number] {
  if (isNode(node) && node.range) return [node.range[0], node.range[1]];
  throw new Uneditable('its place in the text is not known');
}

/** Where the last character of an entry stands: a block collection's own range takes comments in. */
export function endOf(entry: unknown): number {
  if (isCollection(entry) && !entry.flow) return endOf(entry.items.at(-1));
  if (isNode(entry)) return rangeOf(entry)[1];
  if (isPairLike(entry)) {
    const keyEnd = endOf(entry.key);
    return isNode(entry.value) ? Math.max(keyEnd, endOf(entry.value)) : keyEnd;
  }
  throw new Uneditable('its place in the text is not known');
}

function isPairLike(entry: unknown): entry is Pair {
  return typeof entry === 'object' && entry !== null && 'key' in entry && 'value' in entry;
}

/** Whether a key has no value at all, which reads as null. */
export function isBare(text: string, node: unknown): boolean {
  if (node === null) return true;
  if (!isScalar(node) || node.value !== null) return false;
  const [start, end] = rangeOf(node);
  return text.slice(start, end).trim() === '';
}

/** Refuses what stands elsewhere in the document, where a change would reach all that refer to it. */
export function refuseAlias(node: unknown, path: Path): void {
  if (isAlias(node)) throw new Uneditable(`${path.join('.')} is an alias; write it out`);
}
