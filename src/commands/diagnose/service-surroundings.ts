import type { Surrounding } from '../../model/collection.ts';
import type { Located } from './locate.ts';
import type { EndpointSliceObject, PeerAuthenticationObject, ServiceObject } from './objects.ts';
import { factsOf, picks, runningContainers } from './pods.ts';
import { isMeshContainer } from './system.ts';

/** By the headless service that a StatefulSet names, its pods are found in DNS. */
export function serviceSurroundings(
  { set, namespace }: Located,
  services: readonly ServiceObject[],
): Surrounding[] {
  const name = set?.spec.serviceName;
  if (!name) return [];
  const service = services.find(({ metadata }) => metadata.name === name);
  const where = namespace === null ? '' : ` in namespace ${namespace}`;
  if (service === undefined) {
    return [
      {
        code: 'service-missing',
        severity: 'warning',
        headline: `the members' names do not resolve: there is no service ${name}`,
        summary: `The StatefulSet names the service ${name}, and there is none${where}.`,
        evidence: [`statefulset/${set.metadata.name}: serviceName: ${name}`],
        cause: `DNS publishes the names of a StatefulSet's pods under its service: without it no member finds another by name.`,
        remedy: `Create a headless service ${name} (clusterIP: None, publishNotReadyAddresses: true) that selects the pods; a StatefulSet's serviceName cannot be changed later.`,
      },
    ];
  }
  if (service.spec.publishNotReadyAddresses === true) return [];
  return [
    {
      code: 'service-hides-unready',
      severity: 'info',
      headline: `the service ${name} hides members that are not ready`,
      summary: `The service ${name} does not publish the addresses of pods that are not ready.`,
      evidence: [`service/${name}: publishNotReadyAddresses is not true`],
      cause:
        'Members that wait for each other before they are ready cannot find each other by name.',
      remedy: `Set publishNotReadyAddresses: true on the service ${name}.`,
    },
  ];
}

/** Members whose address the headless service does not publish, though they run. */
export function endpointSurroundings(
  { set, pods }: Located,
  slices: readonly EndpointSliceObject[],
): Surrounding[] {
  const name = set?.spec.serviceName;
  const own = slices.filter(({ metadata: { labels } }) => labels?.[SERVICE_LABEL] === name);
  if (!name || own.length === 0) return [];
  const published = new Set(
    own.flatMap(({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses ?? [])),
  );
  const hidden = [...pods.values()]
    .map(factsOf)
    .filter(
      ({ addresses }) => addresses.length > 0 && !addresses.some((one) => published.has(one)),
    );
  if (hidden.length === 0) return [];
  const names = hidden.map((one) => one.name).join(', ');
  return [
    {
      code: 'service-without-member',
      severity: 'warning',
      headline: `the service ${name} does not publish ${names}`,
      summary: `The service ${name} does not publish the addresses of ${names}.`,
      evidence: hidden.map(
        (one) => `${one.name}: ${one.addresses.join(', ')} is not an endpoint of ${name}`,
      ),
      cause:
        'The service selects other labels than these pods have, or hides pods that are not ready: their names do not resolve.',
      remedy: `Compare the selector of the service ${name} with the labels of the pods, and set publishNotReadyAddresses: true on it.`,
    },
  ];
}

/** The label by which an EndpointSlice names its service (`discovery.k8s.io/v1`). */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Pods without a sidecar beside a policy that refuses plain text: nobody in the mesh takes their connections. */
export function policySurroundings(
  { pods }: Located,
  policies: readonly PeerAuthenticationObject[],
): Surrounding[] {
  const all = [...pods.values()];
  const [inMesh, outside] = [true, false].map((wanted) =>
    all.filter((pod) => runningContainers(pod).some(isMeshContainer) === wanted),
  );
  const strict = policies.find(
    ({ spec }) =>
      spec?.mtls?.mode === 'STRICT' &&
      (!spec.selector?.matchLabels ||
        inMesh?.some(({ metadata: { labels } }) => picks(spec.selector?.matchLabels, labels))),
  );
  if (strict === undefined || !inMesh?.length || !outside?.length) return [];
  const names = outside.map(({ metadata: { name } }) => name).join(', ');
  return [
    {
      code: 'strict-mtls-without-sidecar',
      severity: 'warning',
      headline: `the mesh refuses plain connections, and ${names} has no sidecar`,
      summary: `PeerAuthentication ${strict.metadata.name} demands mutual TLS, and ${names} has no sidecar.`,
      evidence: [`peerauthentication/${strict.metadata.name}: mtls.mode: STRICT`],
      cause:
        'The pod was made before the injection was switched on, or is left out of it: its connections are refused by the sidecars of the others.',
      remedy:
        'Restart the pods without a sidecar, or exclude the ports between members from the mesh on all of them.',
    },
  ];
}
