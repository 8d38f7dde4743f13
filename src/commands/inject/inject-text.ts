import { Problem } from '../../config/problem.ts';
import { isProven } from '../../model/profile.ts';
import type { Asked } from '../../model/settings.ts';
import { PROFILES } from '../../profiles/index.ts';
import { withProbes } from './add-probe.ts';
import { adviceFor } from './advice.ts';
import type { Adding, InjectSettings } from './arguments.ts';
import { type Choice, chooseFor, earlierProfile } from './choose.ts';
import { type Limits, NO_LIMITS } from './limits.ts';
import { type StatefulSet, serverContainers, titleOf } from './manifest.ts';
import { withoutProbes } from './remove-probe.ts';
import type { SidecarPlan } from './sidecar.ts';
import { type LocatedSet, type Piece, readStream } from './stream.ts';
import { Uneditable } from './text-edit.ts';
import { ANNOTATION } from './trace.ts';

/** Manifests with or without the probe, and what to report of it, one line each. */
export interface Injected {
  readonly text: string;
  readonly report: readonly string[];
}

const BYTE_ORDER_MARK = '\uFEFF';

/** What an injection needs to know beside its input. */
export interface Around {
  /** Objects that say something about the input but are not in it, such as the kustomization of its folder. */
  readonly beside: readonly unknown[];
  readonly limits: Limits;
}

/**
 * Adds the probe to the StatefulSets of a stream, or takes it out; every other byte stays. `source` names the
 * stream in messages. Throws a Problem for what cannot be understood or changed.
 */
export function injectInto(
  text: string,
  source: string,
  { statefulSets, action }: Pick<InjectSettings, 'statefulSets' | 'action'>,
  around: Around = { beside: [], limits: NO_LIMITS },
): Injected {
  // The parser's columns do not count for what stands behind a byte order mark.
  if (text.startsWith(BYTE_ORDER_MARK)) {
    const rest = injectInto(text.slice(1), source, { statefulSets, action }, around);
    return { ...rest, text: BYTE_ORDER_MARK + rest.text };
  }
  const pieces = readStream(text, source, around.limits);
  const sets = pieces.flatMap((piece) => piece.sets);
  refuseAbsent(statefulSets, sets, source);
  const isMeant = ({ set }: LocatedSet) =>
    statefulSets.length === 0 || statefulSets.includes(set.metadata.name);
  if (
    action.kind === 'add' &&
    action.profile !== null &&
    sets.filter(isMeant).length > 1 &&
    statefulSets.length === 0
  ) {
    throw new Problem(
      `${source} has ${sets.length} StatefulSets; name the one that runs ${action.profile} with --statefulset`,
    );
  }
  const objects = [...pieces.flatMap((piece) => piece.beside), ...around.beside];
  const done = pieces.map((piece) => {
    const meant = piece.sets.filter(isMeant);
    return action.kind === 'remove'
      ? removedFrom(piece, meant)
      : addedTo(piece, meant, action, statefulSets.length > 0, objects);
  });
  const report = done.flatMap((one) => one.report);
  return {
    text: done.map((one) => one.text).join(''),
    report: report.length > 0 ? report : [`no StatefulSet in ${source} was changed`],
  };
}

function refuseAbsent(names: readonly string[], sets: readonly LocatedSet[], source: string): void {
  const absent = names.find((name) => !sets.some(({ set }) => set.metadata.name === name));
  if (absent === undefined) return;
  const found = sets.map(({ set }) => set.metadata.name).join(', ');
  throw new Problem(
    `--statefulset: ${source} has no StatefulSet ${absent} with containers; ${found === '' ? 'it has none' : `it has ${found}`}`,
  );
}

function isInjected({ set }: LocatedSet): boolean {
  return Object.hasOwn(set.metadata.annotations ?? {}, ANNOTATION);
}

function removedFrom({ text }: Piece, meant: readonly LocatedSet[]): Injected {
  const injected = meant.filter(isInjected);
  if (injected.length === 0) return { text, report: [] };
  return {
    text: editing(injected, () =>
      withoutProbes(
        text,
        injected.map(({ path }) => path),
      ),
    ),
    report: injected.map(({ set }) => `${titleOf(set)}: removed the probe`),
  };
}

function addedTo(
  piece: Piece,
  meant: readonly LocatedSet[],
  action: Adding,
  named: boolean,
  objects: readonly unknown[],
): Injected {
  const choices = meant.map((located) => ({
    located,
    choice: chooseFor(located.set, action, named, isInjected(located)),
  }));
  const chosen = choices.filter(({ choice }) => choice.kind === 'add');
  if (chosen.length === 0) return { text: piece.text, report: choices.flatMap(leftAlone) };
  const located = chosen.map((one) => one.located);
  return editing(located, () => {
    const injected = located.filter(isInjected).map(({ path }) => path);
    const bare = injected.length === 0 ? piece.text : withoutProbes(piece.text, injected);
    const clean = readStream(bare, 'the manifest').flatMap(({ sets }) => sets);
    const planned = choices.flatMap(({ located: { path }, choice }) => {
      const set = clean.find((one) => one.path.join('/') === path.join('/'))?.set;
      if (choice.kind !== 'add' || set === undefined) return [];
      return [{ path, set, plan: planFor(set, choice.profile, action), by: choice.by }];
    });
    return {
      text: withProbes(bare, planned),
      report: [
        ...choices.flatMap(leftAlone),
        ...planned.flatMap(({ set, plan, by }) => [
          `${titleOf(set)}: ${changes(set, plan, by)}`,
          ...replaced(set, choices, plan),
          ...advised(set, plan, action, objects),
        ]),
      ],
    };
  });
}

/** What to know where the set had a probe for another system, which is gone now. */
function replaced(
  set: StatefulSet,
  choices: readonly { readonly located: LocatedSet }[],
  { profile }: SidecarPlan,
): string[] {
  const name = set.metadata.name;
  const before = choices.find(({ located }) => located.set.metadata.name === name)?.located;
  const earlier = before !== undefined && isInjected(before) ? earlierProfile(before.set) : null;
  return earlier === null || earlier === profile
    ? []
    : [
        `${titleOf(set)}: the probe with profile ${earlier} was replaced; for a second probe in the pod see deploy/PROFILES.md`,
      ];
}

function advised(set: StatefulSet, plan: SidecarPlan, action: Adding, objects: readonly unknown[]) {
  const left = action.ask?.filter((word) => !plan.ask.includes(word)) ?? [];
  const dropped = left.map(
    (word) => `--ask ${word} is left out: ${plan.profile} does not answer it`,
  );
  return [...dropped, ...adviceFor(set, plan, objects)].map((line) => `${titleOf(set)}: ${line}`);
}

function leftAlone({
  located: { set },
  choice,
}: {
  located: LocatedSet;
  choice: Choice;
}): string[] {
  return choice.kind === 'leave' ? [`${titleOf(set)}: unchanged: ${choice.reason}`] : [];
}

function planFor(set: StatefulSet, profile: string, action: Adding): SidecarPlan {
  refuseUnproven(set, profile, action);
  const { serviceName, replicas, ordinals } = set.spec;
  return {
    image: action.image,
    profile,
    service: serviceName || null,
    replicas: Math.max(replicas ?? 1, 1),
    firstOrdinal: ordinals?.start ?? 0,
    ask: askedOf(profile, action),
    gate: action.gate,
    hold: action.hold,
    placement: action.placement,
    healthPort: action.healthPort,
    webConfigSecret: action.webConfigSecret,
  };
}

/** Readiness that nobody has seen right with real servers must not decide where traffic goes. */
function refuseUnproven(set: StatefulSet, name: string, { gate }: Adding): void {
  const profile = PROFILES.get(name);
  if (!gate || profile === undefined || isProven(profile)) return;
  throw new Problem(
    `${titleOf(set)}: --gate: the profile ${name} is unproven, that is, never checked against real servers; leave out --gate, and only observe`,
  );
}

/**
 * What a gate asks unless told otherwise is the server itself, and a hold the other members; one that does not
 * answer is never asked.
 */
function askedOf(profile: string, { ask, gate, hold }: Adding): readonly Asked[] {
  const ownWord = PROFILES.get(profile)?.ownWord ?? null;
  if (ask === null) {
    return [...(gate && ownWord !== null ? [ownWord] : []), ...(hold ? ['peers' as const] : [])];
  }
  return ask.filter((word) => word !== 'srvr' || ownWord === 'srvr');
}

function changes(set: StatefulSet, plan: SidecarPlan, by: string): string {
  const { placement, gate, hold, profile, service, replicas, ask, healthPort } = plan;
  const beside = serverContainers(set).map(({ name }) => name);
  return [
    `added the probe beside ${beside.join(', ')} with profile ${profile} (${by})`,
    `${replicas} ${replicas === 1 ? 'member' : 'members'} of ${service === null ? 'the service in /etc/hosts' : `service ${service}`}`,
    'after a change of replicas inject and apply again',
    ...(placement === 'native-sidecar' ? ['as a native sidecar'] : []),
    gate ? 'readiness depends on the quorum' : 'it only watches',
    ...(hold ? ['a stop of the server waits until it can be spared'] : []),
    ...(ask.length > 0 ? [`it asks ${ask.join(', ')}`] : []),
    ...(healthPort === null ? [] : [`the kubelet asks at port ${healthPort}`]),
  ].join('; ');
}

function editing<T>(sets: readonly LocatedSet[], change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof Uneditable)) throw error;
    const titles = sets.map(({ set }) => titleOf(set)).join(', ');
    throw new Problem(`${titles}: cannot be changed in place: ${error.message}`);
  }
}
