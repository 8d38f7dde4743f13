import type { EnsembleMember } from '../../model/ensemble.ts';

/** A pod's or a namespace's name: nothing else goes into a command that people paste. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * The command that opens another member's page through the API server, on a free local port; `null` where
 * its pod is not known. A link would not do: whoever reads this page reads it through such a tunnel.
 */
export function forwardCommand(
  { name, pod }: Pick<EnsembleMember, 'name' | 'pod'>,
  port: number,
): string | null {
  const [host = '', , namespace, svc] = name.split('.');
  const isHost = LABEL.test(host) && /[a-z]/.test(host);
  const target = isHost ? host : pod;
  if (target === null || !LABEL.test(target)) return null;
  const isNamespaced =
    isHost && namespace !== undefined && LABEL.test(namespace) && (svc ?? 'svc') === 'svc';
  return `kubectl port-forward${isNamespaced ? ` -n ${namespace}` : ''} pod/${target} :${port}`;
}
