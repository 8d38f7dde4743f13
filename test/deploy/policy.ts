import { type Container, containersOf, type PodSpec } from './manifest.ts';

/** Where the token of the pod's service account is mounted, unless something else is. */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

function containerViolations(container: Container, pod: PodSpec): string[] {
  const own = container.securityContext ?? {};
  const pods = pod.securityContext ?? {};
  const found: string[] = [];
  if ((own.runAsNonRoot ?? pods.runAsNonRoot) !== true) found.push('may run as root');
  if ((own.runAsUser ?? pods.runAsUser) === 0) found.push('runs as root');
  if (own.privileged === true) found.push('is privileged');
  if (own.allowPrivilegeEscalation !== false) found.push('may gain privileges');
  if (own.readOnlyRootFilesystem !== true) found.push('may write its root file system');
  if (!own.capabilities?.drop?.includes('ALL')) found.push('keeps capabilities');
  if (own.capabilities?.add?.length) found.push('adds capabilities');
  if ((own.seccompProfile ?? pods.seccompProfile)?.type !== 'RuntimeDefault') {
    found.push('has no seccomp profile');
  }
  if (container.ports.some((port) => port.hostPort !== undefined)) found.push('takes a host port');
  return found.map((violation) => `${container.name} ${violation}`);
}

/** Every privilege that a pod asks for, in words: the restricted Pod Security standard, and a read-only root. */
export function privilegesOf(pod: PodSpec): string[] {
  const found = containersOf(pod).flatMap((container) => containerViolations(container, pod));
  if (pod.hostNetwork || pod.hostPID || pod.hostIPC) found.push('the pod shares a host namespace');
  for (const volume of pod.volumes) {
    if ('hostPath' in volume) found.push(`volume ${volume.name} is a host path`);
  }
  return found;
}

/** Whether a container of the pod gets the token of the pod's service account. */
export function hasToken(container: Container, pod: PodSpec): boolean {
  if (pod.automountServiceAccountToken === false) return false;
  return !container.volumeMounts.some(({ mountPath }) => mountPath === TOKEN_PATH);
}
