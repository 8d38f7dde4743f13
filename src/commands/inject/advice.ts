import { PROFILES } from '../../profiles/index.ts';
import {
  asService,
  type ManifestContainer,
  renamesOf,
  type Service,
  type StatefulSet,
  scalerOf,
  serverAmong,
  serverContainers,
  titleOf,
} from './manifest.ts';
import {
  CONTAINER_NAME,
  GATE_POLICY,
  kubeletPort,
  PORT,
  type SidecarPlan,
  UID,
  WEB_FILES,
} from './sidecar.ts';

/** What of the input should be changed by whoever wrote it, one sentence each. */
export function adviceFor(
  set: StatefulSet,
  plan: SidecarPlan,
  objects: readonly unknown[],
): readonly string[] {
  return [
    ...aboutService(set, plan, objects),
    ...aboutPolicy(set, plan),
    ...aboutNames(objects),
    ...aboutReplicas(set, objects),
    ...aboutPod(set, plan),
    ...aboutOwners(set),
    ...aboutGate(set, plan),
    ...aboutHold(set, plan),
    ...aboutWeb(plan),
    ...aboutImage(plan),
  ];
}

function aboutService(
  set: StatefulSet,
  { gate }: SidecarPlan,
  objects: readonly unknown[],
): readonly string[] {
  const { serviceName } = set.spec;
  if (!serviceName) {
    return ['it has no serviceName, so its pods have no DNS names: set it to a headless Service'];
  }
  const service = objects
    .map(asService)
    .find((one) => one?.metadata.name === serviceName && sameNamespace(one, set));
  const why = gate
    ? 'without it the other members cannot find one that is not ready, and with the gate none becomes ready'
    : 'without it the other members cannot find one that is not ready';
  if (!service) {
    return [
      `Service ${serviceName} is not in the input: make sure that it is headless and has publishNotReadyAddresses: true; ${why}`,
    ];
  }
  return [
    ...(service.spec.clusterIP === 'None'
      ? []
      : [
          `${titleOf(service)} is not headless: set clusterIP: None, or the pods have no DNS names`,
        ]),
    ...(service.spec.publishNotReadyAddresses === true
      ? []
      : [`${titleOf(service)} should have publishNotReadyAddresses: true; ${why}`]),
  ];
}

function sameNamespace(service: Service, set: StatefulSet): boolean {
  const { namespace } = service.metadata;
  return namespace === undefined || set.metadata.namespace === undefined
    ? true
    : namespace === set.metadata.namespace;
}

function aboutPolicy({ spec, metadata }: StatefulSet, { gate }: SidecarPlan): readonly string[] {
  if (!gate || spec.podManagementPolicy === GATE_POLICY.podManagementPolicy) return [];
  return [
    `podManagementPolicy is now Parallel, which cannot be changed on an existing StatefulSet: run kubectl delete statefulset ${metadata.name} --cascade=orphan before you apply this`,
  ];
}

function aboutNames(objects: readonly unknown[]): readonly string[] {
  const renames = objects.map(renamesOf).find((one) => one !== null);
  return renames === undefined || renames === null
    ? []
    : [
        `a kustomization has ${renames}, which does not change the service's name in the probe's environment: inject into the output of kustomize instead`,
      ];
}

function aboutReplicas(set: StatefulSet, objects: readonly unknown[]): readonly string[] {
  const scaler = objects.map(scalerOf).find((one) => one?.target === set.metadata.name);
  return scaler === undefined || scaler === null
    ? []
    : [
        `${scaler.title} changes its replicas, which the probes do not follow: those of added pods stop with exit code 2, and these pods are not ready; do not scale it automatically`,
      ];
}

function aboutPod(set: StatefulSet, plan: SidecarPlan): readonly string[] {
  const ours = [PORT, kubeletPort(plan)];
  const others = serverContainers(set);
  const named = others.find(({ ports }) => ports?.some((one) => one.name === CONTAINER_NAME));
  return [
    ...(set.spec.template.spec.hostNetwork === true
      ? [
          `it has hostNetwork: true, so the probe sees the sockets of the whole node and uses the node's port ${PORT}: turn hostNetwork off`,
        ]
      : []),
    ...others.flatMap(({ name, ports }) =>
      (ports ?? [])
        .filter(({ containerPort }) => ours.includes(containerPort))
        .map(
          ({ containerPort }) =>
            `container ${name} also declares port ${containerPort}, on which the probe serves: change one of them (${containerPort === PORT ? 'QUORUM_PROBE_LISTEN' : '--listen-health'})`,
        ),
    ),
    ...(named === undefined
      ? []
      : [`container ${named.name} also has a port named ${CONTAINER_NAME}: rename it`]),
  ];
}

function aboutOwners(set: StatefulSet): readonly string[] {
  const { securityContext } = set.spec.template.spec;
  const uidOf = (one: ManifestContainer) =>
    one.securityContext?.runAsUser ?? securityContext?.runAsUser ?? null;
  const others = serverContainers(set);
  const uids = new Set(others.map(uidOf));
  const [uid = null] = uids;
  const advice: string[] = [];
  const likeProbe = others.find((one) => uidOf(one) === UID);
  if (likeProbe !== undefined) {
    advice.push(
      `container ${likeProbe.name} runs as uid ${UID}, like the probe, so their sockets cannot be told apart: give it another uid`,
    );
  }
  if (others.length > 1 && uids.size === 1 && uid !== null) {
    const names = others.map(({ name }) => name).join(', ');
    advice.push(
      `containers ${names} all run as uid ${uid}, so their sockets cannot be told apart: give the server its own uid (runAsUser)`,
    );
  }
  return advice;
}

function aboutGate(set: StatefulSet, plan: SidecarPlan): readonly string[] {
  if (!plan.gate) return [];
  const server = serverAmong(set, plan.profile);
  const own = server?.readinessProbe;
  if (server === null || !own) return [];
  const port = kubeletPort(plan);
  if (own.httpGet?.path === '/readyz' && own.httpGet.port === port) return [];
  return [
    `container ${server.name} has a readinessProbe of its own, which is left as it is: for up to 6 s after a restart of the server alone the gate still counts as passed; let it ask GET /readyz at port ${port} instead to close that window`,
  ];
}

function aboutWeb({ webConfigSecret, ask }: SidecarPlan): readonly string[] {
  if (webConfigSecret === null) return [];
  const files = [WEB_FILES.web, ...(ask.includes('peers') ? [WEB_FILES.peers] : [])];
  return [
    `Secret ${webConfigSecret} must hold ${files.join(' and ')} and the files that they name, or the pods do not start; and Prometheus must scrape port ${PORT} as these say`,
  ];
}

function aboutHold(set: StatefulSet, plan: SidecarPlan): readonly string[] {
  const { hold, ask, profile } = plan;
  if (!hold) return [];
  const server = serverAmong(set, profile);
  return [
    ...(server?.lifecycle?.preStop !== undefined
      ? [
          `container ${server.name} has a preStop hook of its own, which is left as it is: let it ask http://127.0.0.1:${kubeletPort(plan)}/stop-allowed?wait=60s first, or the stop is not held`,
        ]
      : []),
    ...(ask.includes('peers')
      ? []
      : ['without --ask peers only a member that leads, or is linked with all, can be held']),
    ...(hasMajority(profile)
      ? []
      : [`${profile} has no majority that a stop could lose: its stops are never held`]),
  ];
}

function hasMajority(profile: string): boolean {
  const kind = PROFILES.get(profile)?.quorum.kind;
  return kind !== 'none' && kind !== 'gossip';
}

function aboutImage({ image }: SidecarPlan): readonly string[] {
  return image.includes('/')
    ? []
    : [`image ${image} has no registry: set --image to where you pushed it`];
}
