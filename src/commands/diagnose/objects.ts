import * as z from 'zod';

const optionalText = z.string().nullish().catch(null);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).nullish().catch(null);
const labels = z.record(z.string(), z.string()).nullish().catch(null);

const metadata = z.looseObject({
  name: z.string(),
  namespace: optionalText,
  labels,
  ownerReferences: list(
    z.looseObject({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }),
  ),
});

const configMapRef = z.looseObject({ name: optionalText }).nullish().catch(null);

const container = z.looseObject({
  name: z.string().catch(''),
  image: z.string().catch(''),
  restartPolicy: optionalText,
  command: list(z.coerce.string()),
  args: list(z.coerce.string()),
  env: list(
    z.looseObject({
      name: z.string().catch(''),
      value: optionalText,
      valueFrom: z.looseObject({ configMapKeyRef: configMapRef }).nullish().catch(null),
    }),
  ),
  envFrom: list(z.looseObject({ configMapRef })),
  ports: list(z.looseObject({ containerPort: z.number().catch(0) })),
});

const containerStatus = z.looseObject({
  name: z.string().catch(''),
  restartCount: z.number().catch(0),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: optionalText }).nullish(),
      terminated: z.looseObject({ reason: optionalText, exitCode: z.number().nullish() }).nullish(),
    })
    .nullish()
    .catch(null),
});

const pod = z.looseObject({
  kind: z.literal('Pod'),
  metadata,
  spec: z.looseObject({
    nodeName: optionalText,
    hostNetwork: z.boolean().nullish().catch(null),
    securityContext: z
      .looseObject({ runAsUser: z.number().nullish(), runAsNonRoot: z.boolean().nullish() })
      .nullish()
      .catch(null),
    containers: z.array(container),
    initContainers: list(container),
    volumes: list(
      z.looseObject({
        configMap: configMapRef,
        projected: z
          .looseObject({ sources: list(z.looseObject({ configMap: configMapRef })) })
          .nullish()
          .catch(null),
      }),
    ),
  }),
  status: z.looseObject({
    phase: z.string().catch('Unknown'),
    podIP: optionalText,
    podIPs: list(z.looseObject({ ip: z.string() })),
    conditions: list(z.looseObject({ type: z.string(), status: z.string() })),
    containerStatuses: list(containerStatus),
  }),
});

const statefulSet = z.looseObject({
  kind: z.literal('StatefulSet'),
  metadata,
  spec: z.looseObject({
    serviceName: optionalText,
    replicas: z.int().min(0).nullish(),
    ordinals: z
      .looseObject({ start: z.int().min(0) })
      .nullish()
      .catch(null),
    selector: z.looseObject({
      matchLabels: labels,
      matchExpressions: list(
        z.looseObject({ key: z.string(), operator: z.string(), values: list(z.string()) }),
      ),
    }),
  }),
});

const service = z.looseObject({
  kind: z.literal('Service'),
  metadata,
  spec: z.looseObject({
    clusterIP: optionalText,
    publishNotReadyAddresses: z.boolean().nullish().catch(null),
    selector: labels,
  }),
});

const disruptionBudget = z.looseObject({
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.looseObject({
    minAvailable: z.union([z.int(), z.string()]).nullish().catch(null),
    maxUnavailable: z.union([z.int(), z.string()]).nullish().catch(null),
    selector: z.looseObject({ matchLabels: labels }).nullish().catch(null),
  }),
});

const endpointSlice = z.looseObject({
  kind: z.literal('EndpointSlice'),
  metadata,
  endpoints: list(z.looseObject({ addresses: list(z.string()) })),
});

const peerAuthentication = z.looseObject({
  kind: z.literal('PeerAuthentication'),
  metadata,
  spec: z
    .looseObject({
      selector: z.looseObject({ matchLabels: labels }).nullish().catch(null),
      mtls: z.looseObject({ mode: optionalText }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

const configMap = z.looseObject({ kind: z.literal('ConfigMap'), metadata, data: labels });

export type PodObject = z.infer<typeof pod>;
export type StatefulSetObject = z.infer<typeof statefulSet>;
export type ServiceObject = z.infer<typeof service>;
export type DisruptionBudgetObject = z.infer<typeof disruptionBudget>;
export type EndpointSliceObject = z.infer<typeof endpointSlice>;
export type PeerAuthenticationObject = z.infer<typeof peerAuthentication>;
export type ConfigMapObject = z.infer<typeof configMap>;
export type ContainerObject = z.infer<typeof container>;

/** What `kubectl get … -o json` printed, as single objects; `null` where that is no JSON. */
export function objectsIn(json: Buffer): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(json.toString('utf8'));
    const items = z.looseObject({ items: z.array(z.unknown()) }).safeParse(value).data?.items;
    return items ?? [value];
  } catch {
    return null;
  }
}

const reader =
  <Type extends z.ZodType>(type: Type) =>
  (objects: readonly unknown[]): z.infer<Type>[] =>
    objects.flatMap((one) => {
      const { data } = type.safeParse(one);
      return data === undefined ? [] : [data];
    });

/** Each gives the objects of its kind and leaves out all others. */
export const podsIn = reader(pod);
export const statefulSetsIn = reader(statefulSet);
export const servicesIn = reader(service);
export const disruptionBudgetsIn = reader(disruptionBudget);
export const endpointSlicesIn = reader(endpointSlice);
export const peerAuthenticationsIn = reader(peerAuthentication);
export const configMapsIn = reader(configMap);
