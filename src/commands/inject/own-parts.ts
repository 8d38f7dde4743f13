import { isDeepStrictEqual } from 'node:util';
import {
  CONTAINER_NAME,
  GATE_POLICY,
  holdHook,
  type JsonObject,
  LABEL,
  readinessProbe,
  VOLUME_NAMES,
} from './sidecar.ts';
import { type Path, Uneditable } from './text-edit.ts';
import { ANNOTATION } from './trace.ts';

/** Where in a StatefulSet the probe's parts stand. */
const POD = ['spec', 'template', 'spec'];
export const PLACES = {
  containers: [...POD, 'containers'],
  initContainers: [...POD, 'initContainers'],
  volumes: [...POD, 'volumes'],
  grace: [...POD, 'terminationGracePeriodSeconds'],
  label: ['spec', 'template', 'metadata', 'labels', LABEL.key],
  mark: ['metadata', 'annotations', ANNOTATION],
} as const;

/** Throws Uneditable where a change reached anything but the probe's parts of the sets at these paths. */
export function refuseOtherChanges(before: unknown, after: unknown, paths: readonly Path[]): void {
  if (isDeepStrictEqual(withoutOwn(before, paths), withoutOwn(after, paths))) return;
  throw new Uneditable(
    'the change would reach more than the probe; write out aliases and merged keys',
  );
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return typeof step === 'number' ? inner[step] : undefined;
    return isRecord(inner) ? inner[step] : undefined;
  }, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function withoutOwn(value: unknown, paths: readonly Path[]): unknown {
  // A plain tree: what aliases share is apart in it.
  const tree: unknown = JSON.parse(JSON.stringify(value ?? null));
  for (const path of paths) {
    const at = (inner: Path) => valueAt(tree, [...path, ...inner]);
    drop(at(PLACES.mark.slice(0, -1)), [ANNOTATION]);
    drop(at(PLACES.label.slice(0, -1)), [LABEL.key]);
    for (const list of [PLACES.containers, PLACES.initContainers]) unlist(at(list), CONTAINER_NAME);
    for (const name of VOLUME_NAMES) unlist(at(PLACES.volumes), name);
    dropServerParts(at(PLACES.containers));
    drop(at(POD), PLACES.grace.slice(-1));
    drop(at(['spec']), Object.keys(GATE_POLICY));
    dropEmpty(at(['metadata']), ['annotations']);
    dropEmpty(at(['spec', 'template', 'metadata']), ['labels']);
    dropEmpty(at(['spec', 'template']), ['metadata']);
    dropEmpty(at(POD), ['volumes', 'initContainers']);
  }
  return tree;
}

function dropServerParts(containers: unknown): void {
  if (!Array.isArray(containers)) return;
  for (const container of containers) {
    const lifecycle = valueAt(container, ['lifecycle']);
    if (isOurs(valueAt(lifecycle, ['preStop']), holdHook)) drop(lifecycle, ['preStop']);
    if (isOurs(valueAt(container, ['readinessProbe']), readinessProbe)) {
      drop(container, ['readinessProbe']);
    }
    dropEmpty(container, ['lifecycle', 'readinessProbe']);
  }
}

/** Whether this asks the probe, at whichever port. */
function isOurs(value: unknown, ours: (port: number) => JsonObject): boolean {
  const port = valueAt(value, ['httpGet', 'port']);
  return typeof port === 'number' && isDeepStrictEqual(value, ours(port));
}

function drop(from: unknown, keys: readonly string[]): void {
  if (isRecord(from)) for (const key of keys) delete from[key];
}

function unlist(list: unknown, name: string): void {
  if (!Array.isArray(list)) return;
  const others = list.filter((item) => !isRecord(item) || item['name'] !== name);
  list.splice(0, list.length, ...others);
}

function dropEmpty(from: unknown, keys: readonly string[]): void {
  if (!isRecord(from)) return;
  const isEmpty = (value: unknown) =>
    value === null || (isRecord(value) && Object.keys(value).length === 0);
  drop(
    from,
    keys.filter((key) => isEmpty(from[key])),
  );
}
