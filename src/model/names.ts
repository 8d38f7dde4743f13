import type { Address } from './socket.ts';

/** What the resolver last said of a member's name. Times are of the agent's steady clock. */
export type NameAnswer =
  | { readonly kind: 'published'; readonly addresses: readonly Address[]; readonly atMs: number }
  /** ENOTFOUND: the name has no address. The addresses it had before are kept. */
  | {
      readonly kind: 'unpublished';
      readonly addresses: readonly Address[];
      readonly atMs: number;
      readonly sinceMs: number;
    }
  /** Any other failure: says nothing of the name. */
  | {
      readonly kind: 'failed';
      readonly addresses: readonly Address[];
      readonly atMs: number;
      readonly reason: string;
    };

/** Answers by member name; a name without an entry has not been looked up yet. */
export type Names = ReadonlyMap<string, NameAnswer>;

/**
 * Who the kubelet says this pod is, in the line that it writes into the pod's /etc/hosts. A StatefulSet
 * gives its `serviceName` to its pods as their subdomain, so the line names the service under which DNS
 * publishes them, whether or not a Service of that name exists.
 */
export type PodIdentity =
  | {
      readonly kind: 'known';
      readonly pod: string;
      readonly service: string;
      readonly namespace: string;
      /** The cluster's domain, such as `cluster.local`. */
      readonly domain: string;
    }
  /** Pods on the host's network and pods without a subdomain have no such line; other places neither. */
  | { readonly kind: 'unknown' };

export const UNKNOWN_POD: PodIdentity = { kind: 'unknown' };

/** The pod's full name, such as `zk-0.zk.default.svc.cluster.local`; `null` where it is not known. */
export function fullNameOf(identity: PodIdentity): string | null {
  if (identity.kind === 'unknown') return null;
  const { pod, service, namespace, domain } = identity;
  return `${pod}.${service}.${namespace}.svc.${domain}`;
}

/** Whether a service, alone or with its namespace and domain, is the one that publishes this pod. */
export function isOwnService(service: string, identity: PodIdentity): boolean {
  if (identity.kind === 'unknown') return false;
  const whole = `${identity.service}.${identity.namespace}.svc.${identity.domain}`;
  return beginsWith(whole, service);
}

/**
 * A name of the pod's own service, or of any service that is written with `svc`, as the absolute name
 * that the cluster's DNS answers by itself, with the root's dot; `null` for every other name. Relative
 * names are also asked of the DNS outside of the cluster, which may not answer where nobody is there.
 */
export function absoluteName(name: string, identity: PodIdentity): string | null {
  if (identity.kind === 'unknown' || name.endsWith('.')) return null;
  const { service, namespace, domain } = identity;
  const [pod = '', ...rest] = name.toLowerCase().split('.');
  const whole = `${service}.${namespace}.svc.${domain}`;
  if (rest.length > 0 && beginsWith(whole, rest.join('.'))) return `${pod}.${whole}.`;
  if (name.toLowerCase().endsWith(`.svc.${domain}`)) return `${name}.`;
  return rest.length > 1 && rest.at(-1) === 'svc' ? `${name}.${domain}.` : null;
}

/** Whether a name is one of this pod's own, in any spelling that names the pod and its service. */
export function isOwnName(name: string, identity: PodIdentity): boolean {
  const full = fullNameOf(identity);
  if (full === null) return false;
  const bare = name.replace(/\.$/, '').toLowerCase();
  return bare.includes('.') && beginsWith(full, bare);
}

/** Whether `whole` begins with the labels of `part`, and says no more than `part` leaves out. */
function beginsWith(whole: string, part: string): boolean {
  const bare = part.replace(/\.$/, '').toLowerCase();
  return bare.length > 0 && (whole === bare || whole.startsWith(`${bare}.`));
}
