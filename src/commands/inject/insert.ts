import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { blockYaml } from './block-yaml.ts';
import { behind, breakLengthBefore, indented, lineBreak, lineStart } from './lines.ts';
import type { Json } from './sidecar.ts';
import * as edit from './text-edit.ts';
import { Uneditable } from './text-edit.ts';

/** What is to be added below a StatefulSet: entries of a list, or the value of a key. */
export type Addition =
  | {
      readonly kind: 'items';
      readonly path: readonly string[];
      /** One at least. */
      readonly values: readonly Json[];
    }
  | {
      readonly kind: 'field';
      readonly path: readonly string[];
      readonly value: Json;
      /** Keys behind which the field reads well; at the end where none of them is there. */
      readonly after: readonly string[];
    };

/** An edit, and what must be remembered to take it back. */
export interface Insertion {
  readonly edit: edit.TextEdit;
  /** The path of a key that was not there and is now. */
  readonly made: string | null;
  /** A scalar that was replaced, as it was written; empty where the key had no value. */
  readonly was: { readonly path: string; readonly source: string } | null;
}

/** The edit that makes an addition below `root`, which is `rootDepth` deep in its document; throws Uneditable where it cannot be made in place. */
export function insertion(
  text: string,
  root: YAMLMap,
  addition: Addition,
  rootDepth = 0,
): Insertion {
  const { path } = addition;
  let map = root;
  for (const [index, key] of path.entries()) {
    const soFar = path.slice(0, index + 1);
    const depth = rootDepth + index + 1;
    const isLast = index === path.length - 1;
    const rest = nested(addition, path.slice(index + 1));
    const pair = edit.pairOf(map, key);
    if (pair === null) {
      const after = addition.kind === 'field' && isLast ? addition.after : [];
      return {
        edit: newPair(text, map, key, rest, depth, after),
        made: soFar.join('.'),
        was: null,
      };
    }
    const { value } = pair;
    edit.refuseAlias(value, soFar);
    if (edit.isBare(text, value)) {
      const end = edit.endOf(pair);
      if (edit.isFlow(map)) throw new Uneditable(`${soFar.join('.')} has no value`);
      const was =
        addition.kind === 'field' && isLast ? { path: soFar.join('.'), source: '' } : null;
      return { edit: below(text, end, edit.columnOf(map), rest, depth), made: null, was };
    }
    if (isScalar(value)) return replaced(text, value, soFar.join('.'), rest, depth);
    if (isSeq(value) && addition.kind === 'items' && isLast) {
      return { edit: newItems(text, value, addition.values, depth + 1), made: null, was: null };
    }
    if (!isMap(value)) throw new Uneditable(`${soFar.join('.')} is not what it should be`);
    map = value;
  }
  throw new Uneditable(`${path.join('.')} is there already`);
}

function nested(addition: Addition, rest: readonly string[]): Json {
  const leaf: Json = addition.kind === 'items' ? addition.values : addition.value;
  return [...rest].reverse().reduce<Json>((value, key) => ({ [key]: value }), leaf);
}

function replaced(text: string, node: unknown, path: string, rest: Json, depth: number): Insertion {
  const [start, end] = edit.rangeOf(node);
  const change = { start, end, text: JSON.stringify(rest), depth };
  return { edit: change, made: null, was: { path, source: text.slice(start, end) } };
}

/** The first entry below a key that has no value. */
function below(text: string, end: number, column: number, value: Json, depth: number) {
  const place = behind(text, end, Number.POSITIVE_INFINITY);
  return lines(text, place, indented(blockYaml(value), column + 2), depth + 1);
}

function newPair(
  text: string,
  map: YAMLMap,
  key: string,
  value: Json,
  depth: number,
  after: readonly string[],
): edit.TextEdit {
  if (edit.isFlow(map)) {
    return flowEntry(
      text,
      map,
      depth,
      (indent) => `${JSON.stringify(key)}: ${json(value, indent)}`,
    );
  }
  const column = edit.columnOf(map);
  const near = map.items.findLast(
    (pair) => isScalar(pair.key) && after.includes(String(pair.key.value)) && isScalar(pair.value),
  );
  const place = behind(text, edit.endOf(near ?? map.items.at(-1)), column);
  return lines(text, place, indented(blockYaml({ [key]: value }), column), depth);
}

function newItems(text: string, list: YAMLSeq, values: readonly Json[], depth: number) {
  if (edit.isFlow(list)) {
    return flowEntry(text, list, depth, (indent, between) =>
      values.map((value) => json(value, indent)).join(between),
    );
  }
  const column = edit.columnOf(list);
  const place = behind(text, edit.endOf(list.items.at(-1)), column);
  return lines(text, place, indented(blockYaml(values), column), depth);
}

function lines(text: string, place: number, added: readonly string[], depth: number) {
  const eol = lineBreak(text);
  return { start: place, end: place, text: added.map((line) => eol + line).join(''), depth };
}

/** Entries of a flow collection: on lines of their own, indented as JSON is, where the others are. */
function flowEntry(
  text: string,
  collection: YAMLMap | YAMLSeq,
  depth: number,
  write: (indent: number | null, between: string) => string,
): edit.TextEdit {
  const last = collection.items.at(-1);
  if (last === undefined) {
    const start = edit.rangeOf(collection)[0] + 1;
    return { start, end: start, text: write(null, ', '), depth };
  }
  const start = edit.endOf(last);
  const first = edit.rangeOf(isMap(collection) ? collection.items.at(-1)?.key : last)[0];
  const before = text.slice(lineStart(text, first), first);
  const ownLine = breakLengthBefore(text, first - before.length) > 0 && /^[ \t]*$/.test(before);
  const eol = lineBreak(text);
  const written = ownLine
    ? `,${eol}${before}${write(before.length, ',\n').replaceAll('\n', `${eol}${before}`)}`
    : `, ${write(null, ', ')}`;
  return { start, end: start, text: written, depth };
}

function json(value: Json, indent: number | null): string {
  return indent === null ? JSON.stringify(value) : JSON.stringify(value, null, 2);
}
