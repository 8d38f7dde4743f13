import * as z from 'zod';
import { type ShownContainer, showsSystem } from '../../profiles/recognise.ts';
import { CONTAINER_NAME } from './sidecar.ts';

const securityContext = z.object({ runAsUser: z.number().optional().catch(undefined) });
const optionalText = z.string().optional().catch(undefined);

/** Of a kubelet's probe, where it asks. */
const probe = z.object({
  httpGet: z
    .object({ path: optionalText, port: z.union([z.number(), z.string()]).optional() })
    .nullish()
    .catch(null),
});

const container = z.object({
  name: z.string().catch(''),
  image: z.string().catch(''),
  command: z.array(z.coerce.string()).nullish().catch(null),
  args: z.array(z.coerce.string()).nullish().catch(null),
  env: z
    .array(z.object({ name: z.string().catch(''), value: optionalText }))
    .nullish()
    .catch(null),
  ports: z
    .array(z.object({ containerPort: z.number().catch(0), name: optionalText }))
    .nullish()
    .catch(null),
  lifecycle: z.object({ preStop: z.unknown().optional() }).nullish().catch(null),
  readinessProbe: probe.nullish().catch(null),
  securityContext: securityContext.nullish().catch(null),
});

const podSpec = z.object({
  containers: z.array(container).min(1),
  initContainers: z.array(container).nullish().catch(null),
  terminationGracePeriodSeconds: z.number().nullish().catch(null),
  hostNetwork: z.boolean().nullish().catch(null),
  securityContext: securityContext.nullish().catch(null),
});

const metadata = z.object({
  name: z.string(),
  namespace: optionalText,
  annotations: z.record(z.string(), z.unknown()).nullish().catch(null),
});

const statefulSet = z.object({
  apiVersion: z.string().startsWith('apps/'),
  kind: z.literal('StatefulSet'),
  metadata,
  spec: z.object({
    serviceName: optionalText,
    replicas: z.int().min(0).nullish(),
    podManagementPolicy: optionalText,
    minReadySeconds: z.number().nullish().catch(null),
    ordinals: z
      .looseObject({ start: z.int().min(0) })
      .nullish()
      .catch(null),
    template: z.object({ spec: podSpec }),
  }),
});

const service = z.object({
  kind: z.literal('Service'),
  metadata,
  spec: z.object({
    clusterIP: optionalText,
    publishNotReadyAddresses: z.boolean().optional().catch(undefined),
  }),
});

const scaler = z.object({
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata,
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.literal('StatefulSet'), name: z.string() }),
  }),
});

const kustomization = z.object({
  namePrefix: z.string().optional().catch(undefined),
  nameSuffix: z.string().optional().catch(undefined),
});

export type StatefulSet = z.infer<typeof statefulSet>;
export type Service = z.infer<typeof service>;
export type ManifestContainer = z.infer<typeof container>;

/** A StatefulSet that has containers; `null` for anything else, patches of one among it. */
export function asStatefulSet(value: unknown): StatefulSet | null {
  return statefulSet.safeParse(value).data ?? null;
}

export function asService(value: unknown): Service | null {
  return service.safeParse(value).data ?? null;
}

/** What changes the number of pods of a StatefulSet by itself; `null` for anything else. */
export function scalerOf(
  value: unknown,
): { readonly title: string; readonly target: string } | null {
  const { data } = scaler.safeParse(value);
  if (data === undefined) return null;
  return {
    title: `${data.kind} ${data.metadata.name}`,
    target: data.spec.scaleTargetRef.name,
  };
}

/** What a kustomization puts before or behind names; `null` where it changes none. */
export function renamesOf(value: unknown): string | null {
  const { data } = kustomization.safeParse(value);
  if (data?.namePrefix) return `namePrefix: ${data.namePrefix}`;
  return data?.nameSuffix ? `nameSuffix: ${data.nameSuffix}` : null;
}

/** Whether an object says something about a StatefulSet beside it. */
export function isTelling(value: unknown): boolean {
  return asService(value) !== null || scalerOf(value) !== null || renamesOf(value) !== null;
}

/** The pod's containers without the probe's. */
export function serverContainers({ spec }: StatefulSet): ManifestContainer[] {
  return spec.template.spec.containers.filter(({ name }) => !isProbe(name));
}

/** The probe's containers, wherever in the pod they stand. */
export function probeContainers({ spec: { template } }: StatefulSet): ManifestContainer[] {
  const { containers, initContainers } = template.spec;
  return [...(initContainers ?? []), ...containers].filter(({ name }) => isProbe(name));
}

function isProbe(name: string): boolean {
  return name === CONTAINER_NAME || name.startsWith(`${CONTAINER_NAME}-`);
}

export function asServerContainer(one: ManifestContainer): ShownContainer {
  const environment = (one.env ?? []).map(({ name, value }) => `${name}=${value ?? ''}`);
  return {
    name: one.name,
    image: one.image,
    text: [...(one.command ?? []), ...(one.args ?? []), ...environment].join('\n'),
    ports: (one.ports ?? []).map(({ containerPort }) => containerPort),
  };
}

/** The container that runs the system of a profile: the first that shows it, else the first of all. */
export function serverAmong(set: StatefulSet, profile: string): ManifestContainer | null {
  const containers = serverContainers(set);
  const shows = (one: ManifestContainer) => showsSystem(profile, asServerContainer(one));
  return containers.find(shows) ?? containers[0] ?? null;
}

/** `namespace/name`, or the name alone where no namespace is written. */
export function titleOf({ kind, metadata: { name, namespace } }: StatefulSet | Service): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
