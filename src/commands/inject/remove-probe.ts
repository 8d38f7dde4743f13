import { PLACES, refuseOtherChanges, valueAt } from './own-parts.ts';
import { withoutServerParts } from './server-parts.ts';
import { CONTAINER_NAME, GATE_POLICY, VOLUME_NAMES } from './sidecar.ts';
import { onlyPiece, parsePiece, setNode } from './stream.ts';
import { type Removal, removal, type Trace } from './take-out.ts';
import { applyEdits, type Path, type TextEdit } from './text-edit.ts';
import { readTrace } from './trace.ts';

/** A document's text without the probes that inject put into the sets at these paths. */
export function withoutProbes(text: string, paths: readonly Path[]): string {
  const value = onlyPiece(text);
  const traces = paths.map((path) => ({
    path,
    trace: readTrace(valueAt(value, [...path, ...PLACES.mark])),
  }));
  // One part after the other: where two stand side by side, their changes would meet.
  const removed = REMOVALS.reduce((before, what) => {
    const document = parsePiece(before);
    const edits = traces.flatMap(({ path, trace }): TextEdit[] => {
      if (!applies(what, trace)) return [];
      const edit = removal(before, setNode(document, path), what, trace);
      return edit === null ? [] : [edit];
    });
    return applyEdits(before, edits);
  }, text);
  const bare = withoutServerParts(removed, traces);
  refuseOtherChanges(value, onlyPiece(bare), paths);
  return bare;
}

const REMOVALS: readonly Removal[] = [
  { kind: 'item', path: PLACES.containers, name: CONTAINER_NAME },
  { kind: 'item', path: PLACES.initContainers, name: CONTAINER_NAME },
  ...VOLUME_NAMES.map((name) => ({ kind: 'item' as const, path: PLACES.volumes, name })),
  { kind: 'field', path: PLACES.label },
  { kind: 'field', path: PLACES.grace },
  ...Object.keys(GATE_POLICY).map((key) => ({ kind: 'field' as const, path: ['spec', key] })),
  { kind: 'field', path: PLACES.mark },
];

/** What a set may have of its own goes only where inject wrote it. */
function applies(what: Removal, { made, was }: Trace): boolean {
  const path = what.path.join('.');
  const isAlwaysOurs =
    what.kind === 'item' || what.path === PLACES.label || what.path === PLACES.mark;
  return isAlwaysOurs || made.includes(path) || was[path] !== undefined;
}
