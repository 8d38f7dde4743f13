import type { MtlsMode, SidecarName } from '../model/evidence.ts';
import { countField, field, listField, onlyList, textField } from './json-fields.ts';

/** Filter chains of one listener, the default one among them. */
export type Chains = readonly unknown[];

export interface InboundListeners {
  /** Of the listener that takes what the rules redirect; `null` where there is none. */
  readonly virtualInbound: Chains | null;
  /** Of listeners that are bound to a port themselves (`captureMode` or `interceptionMode` NONE). */
  readonly byPort: ReadonlyMap<number, Chains>;
}

/**
 * Reads `/config_dump?resource=dynamic_listeners`, or a whole `/config_dump`; `null` where the JSON is
 * neither. Listeners of outbound traffic are left out.
 */
export function readInboundListeners(dump: unknown): InboundListeners | null {
  const configs = onlyList(dump, 'configs');
  if (configs === null) return null;
  let virtualInbound: Chains | null = null;
  const byPort = new Map<number, Chains>();
  for (const config of configs) {
    for (const holder of [config, ...listField(config, 'dynamic_listeners')]) {
      const listener = field(holder, 'active_state', 'listener');
      if (listener === undefined) continue;
      const name = textField(listener, 'name') ?? textField(holder, 'name');
      if (name === 'virtualInbound') virtualInbound = chainsOf(listener);
      else if (isBoundInbound(listener)) {
        const port = countField(listener, 'address', 'socket_address', 'port_value');
        if (port !== null) byPort.set(port, chainsOf(listener));
      }
    }
  }
  return { virtualInbound, byPort };
}

function chainsOf(listener: unknown): Chains {
  const last = field(listener, 'default_filter_chain');
  return [...listField(listener, 'filter_chains'), ...(last === undefined ? [] : [last])];
}

/**
 * A listener that other pods reach at its port. Without interception some of both directions are bound to
 * loopback (istio#40854), where no peer comes in. Where the direction is missing, an outbound listener shows
 * itself by its clusters or by not being bound.
 */
function isBoundInbound(listener: unknown): boolean {
  const host = textField(listener, 'address', 'socket_address', 'address') ?? '';
  if (field(listener, 'bind_to_port') === false || isLoopback(host)) return false;
  const direction = textField(listener, 'traffic_direction') ?? 'UNSPECIFIED';
  if (direction !== 'UNSPECIFIED') return direction === 'INBOUND';
  const clusters = chainsOf(listener).flatMap((chain) =>
    listField(chain, 'filters').map((filter) => textField(filter, 'typed_config', 'cluster')),
  );
  return clusters.every((cluster) => cluster === null || cluster.startsWith('inbound|'));
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}

/** The chains that take connections to `port`: its own listener's before those of all ports. */
export function chainsFor(port: number, listeners: InboundListeners | null): Chains | null {
  return listeners?.byPort.get(port) ?? listeners?.virtualInbound ?? null;
}

/** The proxy's own port, whose chain only refuses connections made to it directly. */
const CAPTURE_PORT = 15_006;

/**
 * Which connections to `port` the proxy takes: those with the mesh's TLS alone, plain ones too, or
 * plain ones alone. Chains after Istio's `filterchain_options.go`: what ends mutual TLS has a
 * transport socket that requires a client certificate, what passes plain bytes on has none. Where the
 * socket shows another certificate than `meshCertificate`, the TLS is the user's own (a Sidecar's
 * `ingress.tls`), which Istiod sets only where the mesh's is off. A port without chains of its own
 * falls to those without a port.
 */
export function mtlsOf(port: number, chains: Chains, meshCertificate: string): MtlsMode {
  const own = chains.filter((chain) => portOf(chain) === port);
  const serving = own.length > 0 ? own : chains.filter((chain) => portOf(chain) === null);
  const kinds = new Set(serving.map((chain) => tlsOf(chain, meshCertificate)));
  const plain = kinds.has('none') || kinds.has('own');
  if (kinds.has('mutual')) return plain ? 'permissive' : 'strict';
  return plain ? 'disable' : 'unknown';
}

function portOf(chain: unknown): number | null {
  const port = countField(chain, 'filter_chain_match', 'destination_port');
  // The chain that blocks loops is named so since Istio 1.5; before, its port alone shows it.
  if (textField(chain, 'name') === 'virtualInbound-blackhole') return CAPTURE_PORT;
  return port;
}

function tlsOf(chain: unknown, meshCertificate: string): 'none' | 'mutual' | 'own' | 'unknown' {
  const socket = field(chain, 'transport_socket');
  if (socket === undefined) return 'none';
  const secrets = listField(
    socket,
    'typed_config',
    'common_tls_context',
    'tls_certificate_sds_secret_configs',
  );
  const certificates = secrets.map((secret) => textField(secret, 'name'));
  if (certificates.some((name) => name !== null && name !== meshCertificate)) return 'own';
  const required = field(socket, 'typed_config', 'require_client_certificate');
  return required === true ? 'mutual' : 'unknown';
}

/** What the chains of a port say of the resource that they were made from. */
export type ChainOrigin =
  | { readonly kind: 'sidecar'; readonly sidecar: SidecarName }
  /** The port has chains of its own, and none of them names a Sidecar. */
  | { readonly kind: 'no-sidecar' }
  | { readonly kind: 'unknown' };

export function originOf(port: number, listeners: InboundListeners | null): ChainOrigin {
  const chains = (chainsFor(port, listeners) ?? []).filter((chain) => portOf(chain) === port);
  for (const chain of chains) {
    const sidecar = sidecarIn(configOf(chain));
    if (sidecar !== null) return { kind: 'sidecar', sidecar };
  }
  return chains.length === 0 ? { kind: 'unknown' } : { kind: 'no-sidecar' };
}

/** Whether any chain names the resource it was made from: Istiod is 1.24 or later then. */
export function namesConfigs({ virtualInbound, byPort }: InboundListeners): boolean {
  return [...(virtualInbound ?? []), ...[...byPort.values()].flat()].some(
    (chain) => configOf(chain) !== null,
  );
}

function configOf(chain: unknown): string | null {
  return textField(chain, 'metadata', 'filter_metadata', 'istio', 'config');
}

/** `/apis/networking.istio.io/v1/namespaces/NAMESPACE/sidecar/NAME`, names as Kubernetes allows them. */
function sidecarIn(config: string | null): SidecarName | null {
  const [, namespace, name] =
    /^\/apis\/networking\.istio\.io\/v1(?:alpha3|beta1)?\/namespaces\/([a-z\d-]{1,63})\/sidecar\/([a-z\d.-]{1,253})$/.exec(
      config ?? '',
    ) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}
