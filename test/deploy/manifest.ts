import * as z from 'zod';

const securityContext = z.looseObject({
  runAsNonRoot: z.boolean().optional(),
  runAsUser: z.int().optional(),
  privileged: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  capabilities: z
    .looseObject({ add: z.array(z.string()).optional(), drop: z.array(z.string()).optional() })
    .optional(),
  seccompProfile: z.looseObject({ type: z.string() }).optional(),
});

const httpProbe = z.looseObject({
  httpGet: z.looseObject({ path: z.string(), port: z.union([z.string(), z.int()]) }),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  restartPolicy: z.string().optional(),
  ports: z
    .array(
      z.looseObject({ name: z.string(), containerPort: z.int(), hostPort: z.int().optional() }),
    )
    .default([]),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
  resources: z
    .looseObject({
      requests: z.record(z.string(), z.string()),
      limits: z.record(z.string(), z.string()),
    })
    .optional(),
  securityContext: securityContext.optional(),
  livenessProbe: httpProbe.optional(),
  readinessProbe: httpProbe.optional(),
  startupProbe: httpProbe.optional(),
});

const podSpec = z.looseObject({
  automountServiceAccountToken: z.boolean().optional(),
  serviceAccountName: z.string().optional(),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  securityContext: securityContext.optional(),
  initContainers: z.array(container).default([]),
  containers: z.array(container),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});

const statefulSet = z.looseObject({
  kind: z.literal('StatefulSet'),
  spec: z.looseObject({
    serviceName: z.string(),
    replicas: z.int(),
    podManagementPolicy: z.string().optional(),
    minReadySeconds: z.int().optional(),
    template: z.looseObject({
      metadata: z.looseObject({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      spec: podSpec,
    }),
  }),
});

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** Any Kubernetes object. */
export type Manifest = z.infer<typeof manifest>;
export type StatefulSet = z.infer<typeof statefulSet>;
export type PodSpec = z.infer<typeof podSpec>;
export type Container = z.infer<typeof container>;

export function asManifests(documents: readonly unknown[]): Manifest[] {
  return documents.map((document) => manifest.parse(document));
}

/** The StatefulSet among them; there must be just one. */
export function statefulSetOf(manifests: readonly Manifest[]): StatefulSet {
  const found = manifests.filter(({ kind }) => kind === 'StatefulSet');
  if (found.length !== 1) throw new Error(`${found.length} StatefulSets`);
  return statefulSet.parse(found[0]);
}

/** All containers of a pod, init containers first. */
export function containersOf(pod: PodSpec): Container[] {
  return [...pod.initContainers, ...pod.containers];
}

/** The container of that name, wherever in the pod it stands. */
export function containerNamed(set: StatefulSet, name: string): Container {
  const found = containersOf(set.spec.template.spec).find((each) => each.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

/** A container's plain environment variables by name; those from the Downward API are left out. */
export function environmentOf({ env }: Container): Record<string, string> {
  return Object.fromEntries(
    env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}
