import type { EnvoyPort } from '../../model/evidence.ts';
import { isPeerPort } from '../../model/profile.ts';
import { linkEvidence, peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/**
 * The proxy's catch-all takes a peer port, and only with mutual TLS. The members' proxies then have no
 * listener for that port either: they pass it through in plain text, which the catch-all refuses.
 * A Sidecar with an ingress leaves ports to the catch-all too, which Services may name all the same.
 */
export function portsInNoService(scene: Scene): Diagnosis[] {
  const answer = scene.observation.asked.envoy?.answer;
  if (answer?.kind !== 'answered' || scene.standing.inQuorum.kind === 'in') return [];
  if ([...answer.ports.values()].some(({ sidecar }) => sidecar !== null)) return [];
  const linked = new Set(
    peerLinks(scene).flatMap(({ port, state }) => (state === 'up' ? [port] : [])),
  );
  const isUnnamed = (port: EnvoyPort | undefined): boolean =>
    port?.delivery.kind === 'catch-all' && port.mtls === 'strict';
  const ports = scene.settings.profile.ports
    .filter(isPeerPort)
    .flatMap((spec) => spec.ports)
    .filter((port) => !linked.has(port) && isUnnamed(answer.ports.get(port)));
  if (ports.length === 0) return [];
  const [port, thePorts, them] =
    ports.length === 1 ? ['port', 'the port', 'it'] : ['ports', 'the ports', 'them'];
  return [
    {
      code: 'port-in-no-service',
      certainty: 'suspected',
      summary: `No Service has the peer ${port} ${ports.join(' and ')}: the other members send plain text to ${them}, but this pod's proxy accepts only mutual TLS.`,
      evidence: [
        `the proxy's admin interface: no inbound cluster for ${port} ${ports.join(' and ')}, and the catch-all is STRICT`,
        ...linkEvidence(scene),
      ],
      cause: `The headless Service does not list ${thePorts}, or lists ${them} under another number than the server's, so that the other members' proxies have no listener for ${them}.`,
      remedy: `Add ${thePorts} to the headless Service, with targetPort equal to port. Or exclude ${them} from the mesh on all members, with traffic.sidecar.istio.io/excludeInboundPorts and excludeOutboundPorts: "${ports.join(',')}".`,
    },
  ];
}
