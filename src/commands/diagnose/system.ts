import type { KnownProfile } from '../../model/collection.ts';
import type { Profile } from '../../model/profile.ts';
import { MESH_CONTAINERS } from '../../profiles/marks.ts';
import { recogniseContainers } from '../../profiles/recognise.ts';
import type { Located } from './locate.ts';
import type { PodObject } from './objects.ts';
import { isProbeContainer, runningContainers, serverContainer } from './pods.ts';

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

/** The containers in which `cat` is tried: the server's own first, then the mesh's, then the others. */
export function readableContainers(pod: PodObject, profile: Profile): string[] {
  const containers = runningContainers(pod).filter((one) => !isProbeContainer(one));
  const rank = (one: (typeof containers)[number]): number => {
    const own = recogniseContainers([serverContainer(one)]);
    if (own.kind === 'known' && own.profile === profile.name) return 0;
    return isMeshContainer(one) ? 1 : 2;
  };
  return [...containers].sort((a, b) => rank(a) - rank(b)).map(({ name }) => name);
}
