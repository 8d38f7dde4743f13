import type { PodFacts } from '../../model/collection.ts';
import type { ShownContainer } from '../../profiles/recognise.ts';
import { CONTAINER_NAME } from '../inject/sidecar.ts';
import type { ContainerObject, PodObject, StatefulSetObject } from './objects.ts';
import { printable } from './printable.ts';

/** Containers that run as long as the pod does, native sidecars among them. */
export function runningContainers({ spec }: PodObject): ContainerObject[] {
  const sidecars = (spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  );
  return [...spec.containers, ...sidecars];
}

export function isProbeContainer({ name }: { readonly name: string }): boolean {
  return name === CONTAINER_NAME || name.startsWith(`${CONTAINER_NAME}-`);
}

/** What of a container shows which system it runs. */
export function serverContainer({
  name,
  image,
  command,
  args,
  env,
  ports,
}: ContainerObject): ShownContainer {
  const variables = (env ?? []).map((one) => `${one.name}=${one.value ?? ''}`);
  return {
    name,
    image,
    text: [...(command ?? []), ...(args ?? []), ...variables].join('\n'),
    ports: (ports ?? []).map(({ containerPort }) => containerPort),
  };
}

/** Names of the ConfigMaps that a pod mounts or reads variables from. */
export function configMapsOf({ spec }: PodObject): string[] {
  const volumes = (spec.volumes ?? []).flatMap(({ configMap: own, projected }) => [
    own?.name,
    ...(projected?.sources ?? []).map((source) => source.configMap?.name),
  ]);
  const variables = spec.containers.flatMap(({ env, envFrom }) => [
    ...(env ?? []).map((one) => one.valueFrom?.configMapKeyRef?.name),
    ...(envFrom ?? []).map((one) => one.configMapRef?.name),
  ]);
  const named = [...volumes, ...variables].filter(
    (name): name is string => typeof name === 'string' && name !== '',
  );
  return [...new Set(named)].filter((name) => name !== 'kube-root-ca.crt');
}

/** What Kubernetes says of the pod, in the words that are shown. */
export function factsOf({ metadata: { name }, spec, status }: PodObject): PodFacts {
  const addresses = (status.podIPs ?? []).map(({ ip }) => ip);
  const statuses = status.containerStatuses ?? [];
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready')?.status;
  return {
    name,
    addresses: addresses.length > 0 ? addresses : status.podIP ? [status.podIP] : [],
    node: spec.nodeName ?? null,
    hostNetwork: spec.hostNetwork === true,
    phase: printable(status.phase),
    ready: ready === undefined ? null : ready === 'True',
    troubles: statuses.flatMap(({ name: own, state }) => {
      const reason = state?.waiting?.reason ?? state?.terminated?.reason;
      return reason ? [printable(`${own}: ${reason}`)] : [];
    }),
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  };
}

/** A label selector as kubectl's `-l` takes it. */
export function selectorText({ spec }: StatefulSetObject): string {
  const { matchLabels, matchExpressions } = spec.selector;
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (matchExpressions ?? []).map(({ key, operator, values }) => {
    const among = `(${(values ?? []).join(',')})`;
    if (operator === 'In') return `${key} in ${among}`;
    if (operator === 'NotIn') return `${key} notin ${among}`;
    return operator === 'Exists' ? key : `!${key}`;
  });
  return [...equal, ...others].join(',');
}

/** Whether a selector of labels picks these; an empty one picks nothing here. */
export function picks(
  selector: Readonly<Record<string, string>> | null | undefined,
  own: Readonly<Record<string, string>> | null | undefined,
): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => own?.[key] === value);
}

/** The StatefulSet that controls a pod. */
export function ownerOf({ metadata: { ownerReferences } }: PodObject): string | null {
  const owner = (ownerReferences ?? []).find(
    ({ kind, controller }) => kind === 'StatefulSet' && controller === true,
  );
  return owner?.name ?? null;
}
