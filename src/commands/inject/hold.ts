import type { YAMLMap } from 'yaml';
import { isMap, isSeq } from 'yaml';
import { type Insertion, insertion } from './insert.ts';
import { type StatefulSet, serverAmong } from './manifest.ts';
import { PLACES } from './own-parts.ts';
import { HOLD_GRACE_SECONDS, HOLD_HOOK } from './sidecar.ts';
import { removal, type Trace } from './take-out.ts';
import { nodeAt, type TextEdit } from './text-edit.ts';

/** Below a container. */
const HOOK = ['lifecycle', 'preStop'];
/** How deep in the document a container is. */
const CONTAINER_DEPTH = PLACES.containers.length + 1;

/** What a hold adds to a set beside the probe: the hook of the server's container, and time for it. */
export function holdInsertions(
  text: string,
  root: YAMLMap,
  set: StatefulSet,
  profile: string,
): readonly Insertion[] {
  return [...graceInsertion(text, root, set), ...hookInsertion(text, root, set, profile)];
}

function graceInsertion(text: string, root: YAMLMap, { spec }: StatefulSet): readonly Insertion[] {
  if ((spec.template.spec.terminationGracePeriodSeconds ?? 0) >= HOLD_GRACE_SECONDS) return [];
  const addition = { kind: 'field', path: PLACES.grace, value: HOLD_GRACE_SECONDS } as const;
  return [insertion(text, root, { ...addition, after: ['serviceAccountName'] })];
}

function hookInsertion(
  text: string,
  root: YAMLMap,
  set: StatefulSet,
  profile: string,
): readonly Insertion[] {
  const server = serverAmong(set, profile);
  if (server === null || server.lifecycle?.preStop !== undefined) return [];
  const container = containerNode(root, server.name);
  if (container === null) return [];
  const addition = { kind: 'field', path: HOOK, value: HOLD_HOOK, after: [] } as const;
  const { edit, made, was } = insertion(text, container, addition, CONTAINER_DEPTH);
  const prefix = prefixOf(server.name);
  return [
    {
      edit,
      // Below a key that was there, the hook itself is what is known again.
      made: was === null ? prefix + (made ?? HOOK.join('.')) : null,
      was: was === null ? null : { ...was, path: prefix + was.path },
    },
  ];
}

/** The edits that take out the hooks that an injection made. */
export function hookRemovals(text: string, root: YAMLMap, trace: Trace): readonly TextEdit[] {
  const names = new Set([...trace.made, ...Object.keys(trace.was)].flatMap(containerIn));
  return [...names].flatMap((name) => {
    const container = containerNode(root, name);
    if (container === null) return [];
    const edit = removal(text, container, { kind: 'field', path: HOOK }, below(trace, name));
    return edit === null ? [] : [edit];
  });
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
