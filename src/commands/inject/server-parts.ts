import type { YAMLMap } from 'yaml';
import { isMap, isSeq } from 'yaml';
import { type Insertion, insertion } from './insert.ts';
import { type ManifestContainer, type StatefulSet, serverAmong } from './manifest.ts';
import { PLACES } from './own-parts.ts';
import {
  HOLD_GRACE_SECONDS,
  holdHook,
  type Json,
  kubeletPort,
  readinessProbe,
  type SidecarPlan,
} from './sidecar.ts';
import { parsePiece, setNode } from './stream.ts';
import { removal, type Trace } from './take-out.ts';
import { applyEdits, nodeAt, type Path, type TextEdit } from './text-edit.ts';

/** A field of the server's container that an injection adds. */
interface ServerPart {
  readonly path: readonly string[];
  readonly value: Json;
}

const HOOK = ['lifecycle', 'preStop'];
const READINESS = ['readinessProbe'];
/** Below a container, in the order in which they are taken out. */
const PART_PATHS: readonly (readonly string[])[] = [HOOK, READINESS];
/** How deep in the document a container is. */
const CONTAINER_DEPTH = PLACES.containers.length + 1;

/** What a gate and a hold add to a set beside the probe: to the server's container, and time for the hook. */
export function serverInsertions(
  text: string,
  root: YAMLMap,
  set: StatefulSet,
  plan: SidecarPlan,
): readonly Insertion[] {
  const server = serverAmong(set, plan.profile);
  const container = server === null ? null : containerNode(root, server.name);
  const parts =
    server === null || container === null
      ? []
      : partsFor(server, plan).map((part) => partInsertion(text, container, server.name, part));
  return [...(plan.hold ? graceInsertion(text, root, set) : []), ...parts];
}

/** What the server has already stays as it is. */
function partsFor(
  { lifecycle, readinessProbe: own }: ManifestContainer,
  plan: SidecarPlan,
): readonly ServerPart[] {
  const port = kubeletPort(plan);
  return [
    ...(plan.gate && !own ? [{ path: READINESS, value: readinessProbe(port) }] : []),
    ...(plan.hold && lifecycle?.preStop === undefined
      ? [{ path: HOOK, value: holdHook(port) }]
      : []),
  ];
}

function graceInsertion(text: string, root: YAMLMap, { spec }: StatefulSet): readonly Insertion[] {
  if ((spec.template.spec.terminationGracePeriodSeconds ?? 0) >= HOLD_GRACE_SECONDS) return [];
  const addition = { kind: 'field', path: PLACES.grace, value: HOLD_GRACE_SECONDS } as const;
  return [insertion(text, root, { ...addition, after: ['serviceAccountName'] })];
}

function partInsertion(
  text: string,
  container: YAMLMap,
  name: string,
  { path, value }: ServerPart,
): Insertion {
  const addition = { kind: 'field', path, value, after: [] } as const;
  const { edit, made, was } = insertion(text, container, addition, CONTAINER_DEPTH);
  const prefix = prefixOf(name);
  return {
    edit,
    // Below a key that was there, the part itself is what is known again.
    made: was === null ? prefix + (made ?? path.join('.')) : null,
    was: was === null ? null : { ...was, path: prefix + was.path },
  };
}

/** The text of a document without what an injection added to the servers' containers of the sets at these paths. */
export function withoutServerParts(
  text: string,
  sets: readonly { readonly path: Path; readonly trace: Trace }[],
): string {
  // One part after the other: where two stand side by side, their changes would meet.
  return PART_PATHS.reduce((before, part) => {
    const document = parsePiece(before);
    const edits = sets.flatMap(({ path, trace }) =>
      partRemovals(before, setNode(document, path), part, trace),
    );
    return applyEdits(before, edits);
  }, text);
}

function partRemovals(
  text: string,
  root: YAMLMap,
  path: readonly string[],
  trace: Trace,
): readonly TextEdit[] {
  const names = new Set([...trace.made, ...Object.keys(trace.was)].flatMap(containerIn));
  return [...names].flatMap((name) => {
    const container = containerNode(root, name);
    const own = below(trace, name);
    if (container === null || !isTraced(path, own)) return [];
    const edit = removal(text, container, { kind: 'field', path }, own);
    return edit === null ? [] : [edit];
  });
}

/** Whether the part, or something around it, is what an injection made or filled. */
function isTraced(path: readonly string[], { made, was }: Trace): boolean {
  const part = path.join('.');
  return [...made, ...Object.keys(was)].some((one) => `${part}.`.startsWith(`${one}.`));
}

function below({ made, was }: Trace, name: string): Trace {
  const prefix = prefixOf(name);
  const isOf = (path: string) => path.startsWith(prefix);
  const rest = (path: string) => path.slice(prefix.length);
  return {
    made: made.filter(isOf).map(rest),
    was: Object.fromEntries(
      Object.entries(was).flatMap(([path, source]) => (isOf(path) ? [[rest(path), source]] : [])),
    ),
  };
}

function prefixOf(name: string): string {
  return `${PLACES.containers.join('.')}/${name}/`;
}

function containerIn(path: string): string[] {
  const [list, name, field] = path.split('/');
  const isHook = list === PLACES.containers.join('.') && field !== undefined;
  return isHook && name !== undefined ? [name] : [];
}

function containerNode(root: YAMLMap, name: string): YAMLMap | null {
  const list = nodeAt(root, PLACES.containers);
  if (!isSeq(list)) return null;
  const found = list.items.find((item) => isMap(item) && item.get('name') === name);
  return isMap(found) ? found : null;
}
