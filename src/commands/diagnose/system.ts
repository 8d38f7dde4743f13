import type { KnownProfile } from '../../model/collection.ts';
import type { Profile } from '../../model/profile.ts';
import { MESH_CONTAINERS } from '../../profiles/marks.ts';
import { recogniseContainers } from '../../profiles/recognise.ts';
import type { Located } from './locate.ts';
import type { PodObject } from './objects.ts';
import { isProbeContainer, runningContainers, serverContainer } from './pods.ts';
import type { Reader } from './read-pod.ts';

/** The system of the pods, by their images, commands and ports. */
export function systemOf({ pods }: Pick<Located, 'pods'>): KnownProfile {
  const containers = [...pods.values()].flatMap((pod) =>
    runningContainers(pod)
      .filter((one) => !isProbeContainer(one) && !isMeshContainer(one))
      .map(serverContainer),
  );
  const found = recogniseContainers(containers);
  switch (found.kind) {
    case 'known':
      return { kind: 'known', name: found.profile, by: found.by };
    case 'several':
      return { kind: 'unknown', reason: `the pods may run ${found.profiles.join(' or ')}` };
    case 'unknown':
      return {
        kind: 'unknown',
        reason: 'no image, command or port of the pods names a known system',
      };
  }
}

export function isMeshContainer({ name }: { readonly name: string }): boolean {
  return MESH_CONTAINERS.has(name);
}

/** The admin port of the pod's mesh proxy; `null` where there is none that is understood. */
export function adminPortOf(pod: PodObject): number | null {
  return (
    runningContainers(pod)
      .map(({ name }) => MESH_CONTAINERS.get(name) ?? null)
      .find((port) => port !== null) ?? null
  );
}

/**
 * Where the probe of the pod answers that watches this system, or that does not name one; `null` where there
 * is none.
 */
export function probePortOf(pod: PodObject, profile: Profile): number | null {
  const probes = runningContainers(pod).filter(isProbeContainer);
  const probe =
    probes.find((one) => watchedSystem(one) === profile.name) ??
    probes.find((one) => watchedSystem(one) === null);
  return probe === undefined ? null : (probe.ports?.[0]?.containerPort ?? PROBE_PORT);
}

function watchedSystem({ env }: ReturnType<typeof runningContainers>[number]): string | null {
  return (env ?? []).find(({ name }) => name === 'QUORUM_PROBE_PROFILE')?.value ?? null;
}

const PROBE_PORT = 4_888;

/**
 * How the pod's tables are read: by the `cat` of the server's own container first, then of the mesh's and of the
 * others, and last by the probe's Node.js. `profile` is `null` where the system is not known yet.
 */
export function readersOf(pod: PodObject, profile: Profile | null): Reader[] {
  const containers = runningContainers(pod);
  const rank = (one: (typeof containers)[number]): number => {
    const own = recogniseContainers([serverContainer(one)]);
    if (own.kind === 'known' && own.profile === profile?.name) return 0;
    return isMeshContainer(one) ? 1 : 2;
  };
  const others = containers.filter((one) => !isProbeContainer(one));
  return [
    ...others
      .sort((a, b) => rank(a) - rank(b))
      .map(({ name }): Reader => ({ container: name, by: 'cat' })),
    ...containers
      .filter(isProbeContainer)
      .map(({ name }): Reader => ({ container: name, by: 'node' })),
  ];
}
