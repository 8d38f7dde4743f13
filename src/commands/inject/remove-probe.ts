import { PLACES, refuseOtherChanges, valueAt } from './own-parts.ts';
import { CONTAINER_NAME, GATE_POLICY, VOLUME_NAME } from './sidecar.ts';
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
  refuseOtherChanges(value, onlyPiece(removed), paths);
  return removed;
}

const REMOVALS: readonly Removal[] = [
  { kind: 'item', path: PLACES.containers, name: CONTAINER_NAME },
  { kind: 'item', path: PLACES.initContainers, name: CONTAINER_NAME },
  { kind: 'item', path: PLACES.volumes, name: VOLUME_NAME },
  { kind: 'field', path: PLACES.label },
  ...Object.keys(GATE_POLICY).map((key) => ({ kind: 'field' as const, path: ['spec', key] })),
  { kind: 'field', path: PLACES.mark },
];

/** A gate's fields go only where inject wrote them. */
function applies(what: Removal, { made, was }: Trace): boolean {
  const path = what.path.join('.');
  return what.path.length > 2 || made.includes(path) || was[path] !== undefined;
}
