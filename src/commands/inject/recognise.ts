import { MARKS, type Mark } from '../../profiles/marks.ts';
import {
  asServerContainer,
  type ManifestContainer,
  type ServerContainer,
  type StatefulSet,
  serverContainers,
} from './manifest.ts';

/** What a pod's containers are known to run. */
export type Recognised =
  | { readonly kind: 'known'; readonly profile: string; readonly by: string }
  | { readonly kind: 'unknown' }
  /** Several systems in one pod; somebody must say which one is meant. */
  | { readonly kind: 'several'; readonly profiles: readonly string[] };

/** The system of a pod: by what its images and commands say, and only where they say nothing by its ports. */
export function recognise(containers: readonly ServerContainer[]): Recognised {
  const found = containers.flatMap((container) =>
    [...MARKS].flatMap(([profile, marks]) =>
      marks.filter((mark) => fits(mark, container)).map((mark) => ({ profile, mark, container })),
    ),
  );
  const said = found.filter(({ mark }) => mark.image !== undefined || mark.text !== undefined);
  const best = said.length > 0 ? said : found;
  const profiles = [...new Set(best.map(({ profile }) => profile))];
  const [first] = best;
  if (first === undefined) return { kind: 'unknown' };
  if (profiles.length > 1) return { kind: 'several', profiles };
  return { kind: 'known', profile: first.profile, by: reason(first.mark, first.container) };
}

/** The container that runs the system of a profile: the first that shows it, else the first of all. */
export function serverAmong(set: StatefulSet, profile: string): ManifestContainer | null {
  const containers = serverContainers(set);
  const marks = MARKS.get(profile) ?? [];
  const shows = (one: ManifestContainer) =>
    marks.some((mark) => fits(mark, asServerContainer(one)));
  return containers.find(shows) ?? containers[0] ?? null;
}

function fits({ image, text, ports, except }: Mark, container: ServerContainer): boolean {
  return (
    (image === undefined || image.test(imageName(container.image))) &&
    (text === undefined || text.test(container.text)) &&
    (ports === undefined || ports.every((port) => container.ports.includes(port))) &&
    (except === undefined || !except.test(container.text))
  );
}

function reason(mark: Mark, { name, image }: ServerContainer): string {
  if (mark.image !== undefined) return `image ${image}`;
  if (mark.text !== undefined) return `the command of container ${name}`;
  return `ports ${mark.ports?.join(' and ')} of container ${name}`;
}

/** The last part of an image's name: `name` of `registry.example.com/path/name:1.2@sha256:…`. */
function imageName(image: string): string {
  const last = image.split('@')[0]?.split('/').at(-1) ?? '';
  return last.split(':')[0] ?? '';
}
