import type { MtlsMode } from '../model/evidence.ts';
import { countField, field, listField, textField } from './json-fields.ts';

/** The filter chains of the listener that takes all inbound connections. */
export type InboundChains = readonly unknown[];

/**
 * Reads the chains of `virtualInbound` from `/config_dump?resource=dynamic_listeners`, or from a whole
 * `/config_dump`; `null` where it is not there.
 */
export function readInboundChains(dump: unknown): InboundChains | null {
  for (const config of listField(dump, 'configs')) {
    for (const holder of [config, ...listField(config, 'dynamic_listeners')]) {
      const listener = field(holder, 'active_state', 'listener');
      const name = textField(listener, 'name') ?? textField(holder, 'name');
      if (name === 'virtualInbound' && listener !== undefined) {
        return listField(listener, 'filter_chains');
      }
    }
  }
  return null;
}

/** The proxy's own port, whose chain only refuses connections made to it directly. */
const CAPTURE_PORT = 15_006;

/**
 * Which connections to `port` the proxy takes: those with the mesh's TLS alone, plain ones too, or
 * plain ones alone. Chains after Istio's `filterchain_options.go`: what ends mutual TLS has a
 * transport socket that requires a client certificate, what passes plain bytes on has none. A port
 * without chains of its own falls to those without a port.
 */
export function mtlsOf(port: number, chains: InboundChains): MtlsMode {
  const own = chains.filter((chain) => portOf(chain) === port);
  const serving = own.length > 0 ? own : chains.filter((chain) => portOf(chain) === null);
  const mutual = serving.some(requiresCertificate);
  const plain = serving.some((chain) => field(chain, 'transport_socket') === undefined);
  if (mutual) return plain ? 'permissive' : 'strict';
  return plain ? 'disable' : 'unknown';
}

function portOf(chain: unknown): number | null {
  const port = countField(chain, 'filter_chain_match', 'destination_port');
  // The chain that blocks loops is named so since Istio 1.5; before, its port alone tells it.
  if (textField(chain, 'name') === 'virtualInbound-blackhole') return CAPTURE_PORT;
  return port;
}

function requiresCertificate(chain: unknown): boolean {
  const required = field(chain, 'transport_socket', 'typed_config', 'require_client_certificate');
  return required === true;
}
