import { type PodIdentity, UNKNOWN_POD } from '../model/names.ts';
import { isWildcard, normalAddress } from './addresses.ts';
import { hostKey, isHostName } from './hosts.ts';

/** What begins every hosts file that the kubelet writes (`managedHostsHeader` of its kubelet_pods.go). */
const HEADER = /^# Kubernetes-managed hosts file\.\s*$/;
/** What follows is the pod's author's own (`hostAliases`), and says nothing of who the pod is. */
const ALIASES = /^# Entries added by HostAliases\./;

/**
 * Who the pod is, by the line `10.244.0.3 zk-0.zk.default.svc.cluster.local zk-0` of its /etc/hosts.
 * Unknown where the file is not the kubelet's for a pod of its own network, or has no such line for the
 * pod of that name, or several that disagree.
 */
export function podIdentityIn(hostsFile: string, podName: string): PodIdentity {
  const lines = hostsFile.split(/\r?\n/);
  if (!HEADER.test(lines[0] ?? '')) return UNKNOWN_POD;
  const end = lines.findIndex((line) => ALIASES.test(line));
  const own = lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => identityIn(line, podName))
    .filter((identity) => identity.kind === 'known');
  const [first, ...others] = own;
  if (first === undefined) return UNKNOWN_POD;
  const same = others.every(
    ({ service, namespace, domain }) =>
      service === first.service && namespace === first.namespace && domain === first.domain,
  );
  return same ? first : UNKNOWN_POD;
}

/** `ADDRESS POD.SERVICE.NAMESPACE.svc.DOMAIN POD`, each field once. */
function identityIn(line: string, podName: string): PodIdentity {
  const [address = '', fullName = '', shortName = '', ...more] = line
    .replace(/#.*$/, '')
    .trim()
    .split(/\s+/);
  const normal = normalAddress(address);
  if (normal === null || isWildcard(normal) || more.length > 0) return UNKNOWN_POD;
  if (!isHostName(fullName) || !isHostName(shortName)) return UNKNOWN_POD;
  const [pod = '', service = '', namespace = '', svc, ...domain] = hostKey(fullName).split('.');
  const isOwn = pod === hostKey(shortName) && pod === hostKey(podName).split('.')[0];
  if (!isOwn || svc !== 'svc' || domain.length === 0) return UNKNOWN_POD;
  return { kind: 'known', pod, service, namespace, domain: domain.join('.') };
}
