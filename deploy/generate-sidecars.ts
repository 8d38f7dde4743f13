/** `npm run manifests`: writes the components and the chart values from the one description of the probe's container. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockYaml } from '../src/commands/inject/block-yaml.ts';
import {
  CONTAINER_NAME,
  GATE_POLICY,
  HOLD_GRACE_SECONDS,
  holdHook,
  type Json,
  LABEL,
  NO_TOKEN_VOLUME,
  PORT,
  readinessProbe,
  type SidecarPlan,
  sidecarContainer,
} from '../src/commands/inject/sidecar.ts';
import { packageVersion } from '../src/version.ts';

/** The container of a component; the component's replacements put the members in. */
const OBSERVE: SidecarPlan = {
  image: `quorum-probe:${packageVersion()}`,
  profile: 'zookeeper',
  service: 'service',
  replicas: 1,
  firstOrdinal: 0,
  ask: [],
  gate: false,
  hold: false,
  placement: 'container',
  healthPort: null,
  webConfigSecret: null,
};
const CHARTED: SidecarPlan = { ...OBSERVE, service: 'zookeeper-headless', replicas: 3 };

/** The files that are made here, by their path below `deploy/`. */
export function sidecarFiles(): ReadonlyMap<string, string> {
  const native: SidecarPlan = { ...OBSERVE, placement: 'native-sidecar' };
  return new Map([
    ['components/observe/container.yaml', observePatch()],
    ['components/observe/volume.yaml', lines(patch({ volumes: [NO_TOKEN_VOLUME] }))],
    ['components/gate/gate.yaml', gatePatch('containers')],
    ['components/native-sidecar/container.yaml', nativePatch(native)],
    ['components/native-sidecar/label.yaml', lines(blockYaml([label()]))],
    ['components/native-sidecar-gate/gate.yaml', gatePatch('initContainers')],
    ['components/gate-server/readiness.yaml', lines(serverReadinessPatch())],
    ['components/hold/hook.yaml', lines(hookPatch())],
    ['components/hold/hold.yaml', holdPatch()],
    ['helm/zookeeper-values.yaml', VALUES_HEAD + values('sidecars', CHARTED)],
    ['helm/zookeeper-gate-values.yaml', GATE_VALUES_HEAD + values('sidecars', gated(CHARTED))],
    ['helm/extra-containers-values.yaml', EXTRA_HEAD + values('extraContainers', CHARTED)],
  ]);
}

function gated(plan: SidecarPlan): SidecarPlan {
  return { ...plan, ask: ['srvr'], gate: true };
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function label(): Json {
  const path = `/spec/template/metadata/labels/${LABEL.key}`;
  return { op: 'add', path, value: LABEL.value };
}

function observePatch(): string {
  const path = '/spec/template/spec/containers/-';
  return lines(blockYaml([label(), { op: 'add', path, value: sidecarContainer(OBSERVE) }]));
}

/** A strategic merge patch for the StatefulSet, whatever its name. */
function patch(pod: Json, spec: { readonly [key: string]: Json } = {}): readonly string[] {
  return blockYaml({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'any' },
    spec: { ...spec, template: { spec: pod } },
  });
}

function nativePatch(plan: SidecarPlan): string {
  return lines(patch({ initContainers: [sidecarContainer(plan)], volumes: [NO_TOKEN_VOLUME] }));
}

function gatePatch(list: 'containers' | 'initContainers'): string {
  const env = [
    { name: 'QUORUM_PROBE_ASK', value: 'srvr' },
    { name: 'QUORUM_PROBE_BOOTSTRAP', value: 'false' },
  ];
  const container = { name: CONTAINER_NAME, env, readinessProbe: readinessProbe(CONTAINER_NAME) };
  return lines(patch({ [list]: [container] }, GATE_POLICY).flatMap(withReason));
}

/** For the first container, as the server's is called differently everywhere. */
function hookPatch(): readonly string[] {
  const path = '/spec/template/spec/containers/0/lifecycle';
  return blockYaml([{ op: 'add', path, value: { preStop: holdHook(PORT) } }]);
}

function serverReadinessPatch(): readonly string[] {
  const path = '/spec/template/spec/containers/0/readinessProbe';
  return blockYaml([{ op: 'add', path, value: readinessProbe(PORT) }]);
}

function holdPatch(): string {
  const env = [{ name: 'QUORUM_PROBE_ASK', value: 'srvr,peers' }];
  const pod = {
    terminationGracePeriodSeconds: HOLD_GRACE_SECONDS,
    initContainers: [{ name: CONTAINER_NAME, env }],
  };
  return lines(patch(pod).flatMap(withReason));
}

/** Why a gate sets each field, by the line above which it stands. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'podManagementPolicy: Parallel': [
    "OrderedReady would wait for the first pod's quorum before it makes the second pod. The field",
    'cannot be changed on an existing StatefulSet: applying this to an OrderedReady one is refused.',
  ],
  'minReadySeconds: 20': [
    'Long enough that Prometheus sees the full ensemble between two pods of a rolling update.',
  ],
  '- name: QUORUM_PROBE_ASK': [
    'The server itself, where the profile is zookeeper; other systems do not answer it: READINESS.md',
    'has the patch that takes it out.',
  ],
  [`terminationGracePeriodSeconds: ${HOLD_GRACE_SECONDS}`]: [
    'It counts from before the hook: 60 s for that, and 30 s for the server to stop.',
  ],
  'value: srvr,peers': [
    'The other members as well: a follower knows from them whether it can be spared.',
  ],
  '- name: QUORUM_PROBE_BOOTSTRAP': [
    'The services of these manifests publish unready pods. Without this, a probe that restarts',
    'while its member is cut off could take that for a first start.',
  ],
};

function withReason(line: string): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const reason = REASONS[line.trim()] ?? [];
  return [...reason.map((text) => `${indent}# ${text}`), line];
}

const VALUES_HEAD = `# For charts that take added containers as \`sidecars:\`. The keys are those of Bitnami's zookeeper chart 13
# (ZooKeeper 3.9). Its images have not been published since 2025-09-29 (frozen copies are in bitnamilegacy), and these
# values were not tried with a release of it: for a new installation use a StatefulSet and \`quorum-probe inject\`.
# For charts that take added containers as \`extraContainers:\` use extra-containers-values.yaml.
#   helm upgrade --install zookeeper <chart> --values zookeeper-values.yaml
# Set the image, and QUORUM_PROBE_SERVICE and QUORUM_PROBE_REPLICAS to the release's headless service
# (which must publish pods that are not ready) and replicas.
# The probe only watches; zookeeper-gate-values.yaml makes readiness depend on the quorum.
`;
const GATE_VALUES_HEAD = `# zookeeper-values.yaml with readiness that depends on the quorum. Read ../READINESS.md first.
`;
const EXTRA_HEAD = `# zookeeper-values.yaml for charts that take added containers as \`extraContainers:\`.
`;

function values(key: string, plan: SidecarPlan): string {
  const { podManagementPolicy } = GATE_POLICY;
  return lines(
    blockYaml({
      replicaCount: plan.replicas,
      ...(plan.gate ? { podManagementPolicy } : {}),
      podLabels: { [LABEL.key]: LABEL.value },
      [key]: [sidecarContainer(plan)],
      extraVolumes: [NO_TOKEN_VOLUME],
    }),
  );
}

if (import.meta.filename === process.argv[1]) {
  for (const [path, text] of sidecarFiles()) {
    writeFileSync(join(import.meta.dirname, path), text);
  }
}
