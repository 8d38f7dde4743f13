import { isDeepStrictEqual } from 'node:util';
import type { YAMLMap } from 'yaml';
import { type Addition, insertion } from './insert.ts';
import type { StatefulSet } from './manifest.ts';
import { PLACES, refuseOtherChanges, valueAt } from './own-parts.ts';
import { serverInsertions } from './server-parts.ts';
import * as sidecar from './sidecar.ts';
import { onlyPiece, parsePiece, setNode } from './stream.ts';
import { applyEdits, type Path, type TextEdit, Uneditable } from './text-edit.ts';
import { writeTrace } from './trace.ts';

/** One set of a document, and the probe that it is to have. */
export interface PlannedSet {
  readonly path: Path;
  readonly set: StatefulSet;
  readonly plan: sidecar.SidecarPlan;
}

/** A document's text with the probe in each of the sets; throws Uneditable where it cannot be put there. */
export function withProbes(text: string, planned: readonly PlannedSet[]): string {
  const document = parsePiece(text);
  const edits = planned.flatMap(({ path, set, plan }) =>
    editsOf(text, setNode(document, path), set, plan),
  );
  const changed = applyEdits(text, edits);
  const after = onlyPiece(changed);
  refuseOtherChanges(
    document.toJS(),
    after,
    planned.map(({ path }) => path),
  );
  for (const { path, plan } of planned) {
    const list = valueAt(after, [...path, ...listOf(plan)]);
    const expected = sidecar.sidecarContainer(plan);
    if (!Array.isArray(list) || !isDeepStrictEqual(list.at(-1), expected)) {
      throw new Uneditable('the container would not stand where it should');
    }
  }
  return changed;
}

function editsOf(
  text: string,
  root: YAMLMap,
  set: StatefulSet,
  plan: sidecar.SidecarPlan,
): readonly TextEdit[] {
  const additions = [...(plan.gate ? gateAdditions(set) : []), ...probeAdditions(plan)];
  const done = [
    ...additions.map((addition) => insertion(text, root, addition)),
    ...serverInsertions(text, root, set, plan),
  ];
  const mark = (value: string) =>
    insertion(text, root, { kind: 'field', path: PLACES.mark, value, after: [] });
  // Whether the annotations themselves are made is known before they say so.
  const all = [...done, mark('')];
  // These two are removed by their names.
  const known = [PLACES.label.join('.'), PLACES.mark.join('.')];
  const made = all.flatMap((one) =>
    one.made === null || known.includes(one.made) ? [] : [one.made],
  );
  const was = all.flatMap((one) => (one.was === null ? [] : [[one.was.path, one.was.source]]));
  const trace = { made, was: Object.fromEntries(was) };
  return [...done.map(({ edit }) => edit), mark(writeTrace(trace)).edit];
}

function listOf(plan: sidecar.SidecarPlan): readonly string[] {
  return plan.placement === 'container' ? PLACES.containers : PLACES.initContainers;
}

function probeAdditions(plan: sidecar.SidecarPlan): readonly Addition[] {
  return [
    { kind: 'field', path: PLACES.label, value: sidecar.LABEL.value, after: [] },
    { kind: 'items', path: listOf(plan), values: [sidecar.sidecarContainer(plan)] },
    { kind: 'items', path: PLACES.volumes, values: sidecar.volumesOf(plan) },
  ];
}

function gateAdditions({ spec }: StatefulSet): readonly Addition[] {
  const { podManagementPolicy, minReadySeconds } = sidecar.GATE_POLICY;
  const fields = [
    ...(spec.podManagementPolicy === podManagementPolicy ? [] : [{ podManagementPolicy }]),
    ...((spec.minReadySeconds ?? 0) >= minReadySeconds ? [] : [{ minReadySeconds }]),
  ];
  return fields.flatMap((field) =>
    Object.entries(field).map(([key, value]): Addition => {
      const after = ['serviceName', 'replicas', 'podManagementPolicy'];
      return { kind: 'field', path: ['spec', key], value, after };
    }),
  );
}
