import { MARKS, type Mark } from './marks.ts';

/** What of a container shows which system it runs. */
export interface ShownContainer {
  readonly name: string;
  readonly image: string;
  /** Command, arguments, and environment as `NAME=value`, one a line. */
  readonly text: string;
  readonly ports: readonly number[];
}

/** Which system something shows. */
export type Recognised =
  /** `by` says what shows it. */
  | { readonly kind: 'known'; readonly profile: string; readonly by: string }
  | { readonly kind: 'unknown' }
  /** Several are possible; somebody must say which one is meant. */
  | { readonly kind: 'several'; readonly profiles: readonly string[] };

/** The system of a pod: by what its images and commands say, and only where they say nothing by its ports. */
export function recogniseContainers(containers: readonly ShownContainer[]): Recognised {
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

/** Whether a container shows the system of a profile. */
export function showsSystem(profile: string, container: ShownContainer): boolean {
  return (MARKS.get(profile) ?? []).some((mark) => fits(mark, container));
}

function fits({ image, text, ports, except }: Mark, container: ShownContainer): boolean {
  return (
    (image === undefined || image.test(imageName(container.image))) &&
    (text === undefined || text.test(container.text)) &&
    (ports === undefined || ports.every((port) => container.ports.includes(port))) &&
    (except === undefined || !except.test(container.text))
  );
}

function reason(mark: Mark, { name, image }: ShownContainer): string {
  if (mark.image !== undefined) return `image ${image}`;
  if (mark.text !== undefined) return `the command of container ${name}`;
  return `ports ${mark.ports?.join(' and ')} of container ${name}`;
}

/** The last part of an image's name: `name` of `registry.example.com/path/name:1.2@sha256:…`. */
function imageName(image: string): string {
  const last = image.split('@')[0]?.split('/').at(-1) ?? '';
  return last.split(':')[0] ?? '';
}
