import { Problem, quote } from '../../config/problem.ts';
import { builtIn } from '../../config/profile-names.ts';
import type { Collection } from '../../model/collection.ts';
import { type DiagnoseSettings, withGivenPorts } from './arguments.ts';
import { type CollectEdges, collect } from './collect.ts';
import { debugContainer } from './debug-container.ts';
import { systemByListeners } from './listening-pods.ts';
import { type Located, locate } from './locate.ts';
import { systemOf } from './system.ts';
import { targetText } from './target.ts';

type ClusterSource = Extract<DiagnoseSettings['source'], { kind: 'cluster' }>;

/** Finds the ensemble in the cluster and reads all of it. Rejects with a Problem where it cannot be found. */
export async function collectFrom(
  { given }: DiagnoseSettings,
  { target, debugImage }: ClusterSource,
  edges: CollectEdges,
): Promise<Collection> {
  const { kubectl, onProgress } = edges;
  onProgress(`looking for ${targetText(target)}`);
  const located = await locate(kubectl, target);
  const shown = systemOf(located);
  const found =
    given.auto && shown.kind === 'unknown'
      ? await systemByListeners(edges, located, given.ports)
      : shown;
  if (given.profile === null && found.kind === 'unknown') {
    throw new Problem(`the system is not known: ${found.reason}; give --profile`);
  }
  const profile = given.profile ?? builtIn(found.kind === 'known' ? found.name : '')();
  return await collect(
    {
      target: targetText(target),
      located,
      profile: withGivenPorts(profile, given),
      profileBy: given.profile === null && found.kind === 'known' ? found.by : '--profile',
      size:
        given.size !== null
          ? { kind: 'known', members: given.size, by: '--ensemble-size' }
          : given.members !== null
            ? { kind: 'known', members: given.members.length, by: '--members' }
            : located.size,
      names: membersOf(located, given.members),
      helper: async (pod) =>
        debugImage === null ? null : await debugContainer(edges, pod, debugImage),
    },
    edges,
  );
}

/** The members that were given by name, each of which must be a pod that was found or that should be there. */
function membersOf({ names, pods }: Located, given: readonly string[] | null): readonly string[] {
  if (given === null) return names;
  const stranger = given.find((name) => !names.includes(name) && !pods.has(name));
  if (stranger === undefined) return given;
  throw new Problem(
    `--members: ${quote(stranger)} is not among the pods found: ${names.join(', ')}`,
  );
}
