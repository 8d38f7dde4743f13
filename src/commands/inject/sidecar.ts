import type { Asked } from '../../model/settings.ts';

/** A value as JSON and YAML know it. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What a probe beside one server is to do. */
export interface SidecarPlan {
  readonly image: string;
  readonly profile: string;
  /** The headless service that names the members; `null` where the probe is to take it from `/etc/hosts`. */
  readonly service: string | null;
  readonly replicas: number;
  readonly firstOrdinal: number;
  readonly ask: readonly Asked[];
  readonly gate: boolean;
  /** Whether a stop of the server waits until the ensemble can spare it. */
  readonly hold: boolean;
  readonly placement: 'container' | 'native-sidecar';
}

export const CONTAINER_NAME = 'quorum-probe';
export const PORT = 4888;
/** The user that the image runs as. */
export const UID = 65_532;
export const VOLUME_NAME = 'quorum-probe-no-token';
/** The label by which scraping and network policies select observed pods. */
export const LABEL = { key: 'quorum-probe', value: 'observed' };

/** What a gate needs besides its container, as fields of the StatefulSet's `spec`. */
export const GATE_POLICY = { podManagementPolicy: 'Parallel', minReadySeconds: 20 };

/**
 * Holds the stop of a container until the ensemble can spare the member, by the probe. The port is a number:
 * a name is looked up among the ports of the hook's own container.
 */
export const HOLD_HOOK: JsonObject = {
  httpGet: { path: '/stop-allowed?wait=60s', port: PORT },
};
/** A pod's grace period counts from before its hooks: their wait, and the usual time for the server. */
export const HOLD_GRACE_SECONDS = 90;

/** Why the probe mounts an empty volume, as the comment lines that stand above it. */
export const NO_TOKEN_COMMENT = [
  "Something mounted here keeps the pod's service-account token out of this container,",
  'without taking it from the others.',
];

/** The empty volume that hides the service-account token. */
export const NO_TOKEN_VOLUME: JsonObject = {
  name: VOLUME_NAME,
  emptyDir: { medium: 'Memory', sizeLimit: '1Mi' },
};

/** The readiness probe of a gate. */
export const READINESS_PROBE: JsonObject = {
  httpGet: { path: '/readyz', port: CONTAINER_NAME },
  periodSeconds: 3,
  timeoutSeconds: 2,
  failureThreshold: 2,
};

/** The delay is longer than the program takes to listen on a busy node, which would be a warning at each start. */
const LIVENESS_PROBE: JsonObject = {
  httpGet: { path: '/livez', port: CONTAINER_NAME },
  initialDelaySeconds: 20,
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold: 6,
};

/** The probe's container: the one source of the components, the chart values and `inject`. */
export function sidecarContainer(plan: SidecarPlan): JsonObject {
  return {
    name: CONTAINER_NAME,
    ...(plan.placement === 'native-sidecar' ? { restartPolicy: 'Always' } : {}),
    image: plan.image,
    ports: [{ name: CONTAINER_NAME, containerPort: PORT, protocol: 'TCP' }],
    env: environment(plan),
    ...(plan.gate ? { readinessProbe: READINESS_PROBE } : {}),
    livenessProbe: LIVENESS_PROBE,
    // Ordinary containers stop side by side: with the same hook the probe outlives the server's.
    ...(plan.hold && plan.placement === 'container' ? { lifecycle: { preStop: HOLD_HOOK } } : {}),
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: UID,
      runAsGroup: UID,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      {
        name: VOLUME_NAME,
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        readOnly: true,
      },
    ],
  };
}

function environment(plan: SidecarPlan): readonly JsonObject[] {
  const { service, firstOrdinal, ask } = plan;
  return [
    fromPod('POD_NAMESPACE', 'metadata.namespace'),
    fromPod('QUORUM_PROBE_POD_NAME', 'metadata.name'),
    fromPod('QUORUM_PROBE_POD_IP', 'status.podIPs'),
    { name: 'QUORUM_PROBE_PROFILE', value: plan.profile },
    ...(service === null
      ? []
      : [{ name: 'QUORUM_PROBE_SERVICE', value: `${service}.$(POD_NAMESPACE)` }]),
    { name: 'QUORUM_PROBE_REPLICAS', value: String(plan.replicas) },
    ...(firstOrdinal === 0
      ? []
      : [{ name: 'QUORUM_PROBE_FIRST_ORDINAL', value: String(firstOrdinal) }]),
    ...(ask.length === 0 ? [] : [{ name: 'QUORUM_PROBE_ASK', value: ask.join(',') }]),
    // A probe that restarts while its member is cut off could take that for a first start.
    ...(plan.gate ? [{ name: 'QUORUM_PROBE_BOOTSTRAP', value: 'false' }] : []),
  ];
}

function fromPod(name: string, fieldPath: string): JsonObject {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
