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
  /** The port of `--listen-health`, at which the kubelet asks then; `null` where it asks at the common one. */
  readonly healthPort: number | null;
  /** The Secret that holds the file of `--web-config`; `null` for plain HTTP. */
  readonly webConfigSecret: string | null;
}

export const CONTAINER_NAME = 'quorum-probe';
export const PORT = 4888;
/** The user that the image runs as. */
export const UID = 65_532;
export const VOLUME_NAME = 'quorum-probe-no-token';
const WEB_VOLUME_NAME = 'quorum-probe-web';
/** The volumes that a probe may bring. */
export const VOLUME_NAMES: readonly string[] = [VOLUME_NAME, WEB_VOLUME_NAME];
const WEB_FOLDER = '/etc/quorum-probe/web';
/** What a Secret of the web configuration holds, beside the files that these name. */
export const WEB_FILES = { web: 'web.yaml', peers: 'peers.yaml' };
/** Names of ports have 15 characters at most. */
export const HEALTH_PORT_NAME = 'quorum-health';
/** Where the kubelet asks, unless it is said, when the common port speaks TLS or asks for passwords. */
export const HEALTH_PORT = 4889;
/** The label by which scraping and network policies select observed pods. */
export const LABEL = { key: 'quorum-probe', value: 'observed' };

/** What a gate needs besides its container, as fields of the StatefulSet's `spec`. */
export const GATE_POLICY = { podManagementPolicy: 'Parallel', minReadySeconds: 20 };

/** Where the kubelet asks, from the probe's container and from others. */
export function kubeletPort({ healthPort }: Pick<SidecarPlan, 'healthPort'>): number {
  return healthPort ?? PORT;
}

/**
 * Holds the stop of a container until the ensemble can spare the member, by the probe. The port is a number:
 * a name is looked up among the ports of the hook's own container.
 */
export function holdHook(port: number): JsonObject {
  return { httpGet: { path: '/stop-allowed?wait=60s', port } };
}
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

/** The volumes of a probe's pod. */
export function volumesOf({ webConfigSecret }: SidecarPlan): readonly JsonObject[] {
  if (webConfigSecret === null) return [NO_TOKEN_VOLUME];
  return [NO_TOKEN_VOLUME, { name: WEB_VOLUME_NAME, secret: { secretName: webConfigSecret } }];
}

/**
 * The readiness probe of a gate: of the probe's container by the port's name, of the server's by its number. On the
 * server's, a server that is started anew is not ready by the last success of the one before.
 */
export function readinessProbe(port: number | string): JsonObject {
  return {
    httpGet: { path: '/readyz', port },
    periodSeconds: 3,
    timeoutSeconds: 2,
    failureThreshold: 2,
  };
}

/** The delay is longer than the program takes to listen on a busy node, which would be a warning at each start. */
function livenessProbe(port: string): JsonObject {
  return {
    httpGet: { path: '/livez', port },
    initialDelaySeconds: 20,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 6,
  };
}

/** The probe's container: the one source of the components, the chart values and `inject`. */
export function sidecarContainer(plan: SidecarPlan): JsonObject {
  const portName = plan.healthPort === null ? CONTAINER_NAME : HEALTH_PORT_NAME;
  return {
    name: CONTAINER_NAME,
    ...(plan.placement === 'native-sidecar' ? { restartPolicy: 'Always' } : {}),
    image: plan.image,
    ports: [
      { name: CONTAINER_NAME, containerPort: PORT, protocol: 'TCP' },
      ...(plan.healthPort === null
        ? []
        : [{ name: HEALTH_PORT_NAME, containerPort: plan.healthPort, protocol: 'TCP' }]),
    ],
    env: environment(plan),
    ...(plan.gate ? { readinessProbe: readinessProbe(portName) } : {}),
    livenessProbe: livenessProbe(portName),
    // Ordinary containers stop side by side: with the same hook the probe outlives the server's.
    ...(plan.hold && plan.placement === 'container'
      ? { lifecycle: { preStop: holdHook(kubeletPort(plan)) } }
      : {}),
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
      ...(plan.webConfigSecret === null
        ? []
        : [{ name: WEB_VOLUME_NAME, mountPath: WEB_FOLDER, readOnly: true }]),
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
    ...(plan.healthPort === null
      ? []
      : [{ name: 'QUORUM_PROBE_LISTEN_HEALTH', value: String(plan.healthPort) }]),
    ...webVariables(plan),
    // A probe that restarts while its member is cut off could take that for a first start.
    ...(plan.gate ? [{ name: 'QUORUM_PROBE_BOOTSTRAP', value: 'false' }] : []),
  ];
}

function webVariables({ webConfigSecret, ask }: SidecarPlan): readonly JsonObject[] {
  if (webConfigSecret === null) return [];
  const peers = `${WEB_FOLDER}/${WEB_FILES.peers}`;
  return [
    { name: 'QUORUM_PROBE_WEB_CONFIG', value: `${WEB_FOLDER}/${WEB_FILES.web}` },
    // The other members' probes speak TLS too, or ask for a password.
    ...(ask.includes('peers') ? [{ name: 'QUORUM_PROBE_PEER_CLIENT_CONFIG', value: peers }] : []),
  ];
}

function fromPod(name: string, fieldPath: string): JsonObject {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
