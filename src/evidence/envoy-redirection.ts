import { field, textField } from './json-fields.ts';

/**
 * Which inbound ports the pod's redirection rules hand to the proxy. Istiod makes the same listeners
 * and clusters whatever these rules leave out: only the pod's annotations say it.
 */
export type Redirection =
  | { readonly kind: 'all-but'; readonly ports: ReadonlySet<number> }
  | { readonly kind: 'only'; readonly ports: ReadonlySet<number> }
  /** `interceptionMode: NONE`: only listeners that are bound to their port themselves take anything. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

const MODE = 'sidecar.istio.io/interceptionMode';
const INCLUDE = 'traffic.sidecar.istio.io/includeInboundPorts';
const EXCLUDE = 'traffic.sidecar.istio.io/excludeInboundPorts';

/**
 * Reads `node.metadata` of `/server_info`. Istio's defaults are REDIRECT and every port; exclusions
 * apply to `*` alone (`handleInboundPortsInclude` in Istio's `tools/istio-iptables`).
 */
export function readRedirection(metadata: unknown): Redirection {
  const annotations = field(metadata, 'ANNOTATIONS');
  const mode = field(metadata, 'INTERCEPTION_MODE') ?? field(annotations, MODE) ?? 'REDIRECT';
  if (mode === 'NONE') return { kind: 'none' };
  if (mode !== 'REDIRECT' && mode !== 'TPROXY') return { kind: 'unknown' };
  const include = portList(field(annotations, INCLUDE) ?? '*');
  const exclude = portList(field(annotations, EXCLUDE) ?? '');
  if (include === null || exclude === null) return { kind: 'unknown' };
  if (include !== 'all') return { kind: 'only', ports: include };
  return exclude === 'all' ? { kind: 'unknown' } : { kind: 'all-but', ports: exclude };
}

/** Whether the rules hand connections to `port` to the proxy; `null` where that is not known. */
export function isRedirected(redirection: Redirection, port: number): boolean | null {
  switch (redirection.kind) {
    case 'all-but':
      return !redirection.ports.has(port);
    case 'only':
      return redirection.ports.has(port);
    case 'none':
      return false;
    case 'unknown':
      return null;
  }
}

/** Since 1.12 the pod's annotations are in the metadata that Envoy shows. */
const ANNOTATIONS_SINCE = 12;

/** Whether an answer without an annotation says that there is none. */
export function isRedirectionTold(metadata: unknown, proxyMinor: number | null): boolean {
  const annotated = field(metadata, 'ANNOTATIONS') !== undefined;
  return annotated || (proxyMinor !== null && proxyMinor >= ANNOTATIONS_SINCE);
}

/** The minor of Istio 1 that the proxy is of; `null` where it does not say. */
export function proxyMinorIn(metadata: unknown): number | null {
  const match = /^1\.(\d{1,3})(?:\D|$)/.exec(textField(metadata, 'ISTIO_VERSION') ?? '');
  return match === null ? null : Number(match[1]);
}

/** `*` is all; `null` where the text is no list of ports. */
function portList(value: unknown): ReadonlySet<number> | 'all' | null {
  if (typeof value !== 'string') return null;
  const entries = value.split(',').map((entry) => entry.trim());
  if (entries.includes('*')) return 'all';
  const ports = entries.filter((entry) => entry !== '');
  return ports.every((entry) => /^\d{1,5}$/.test(entry)) ? new Set(ports.map(Number)) : null;
}
