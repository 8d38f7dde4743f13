import type { EnvoyOptions } from './mesh.ts';
import { PORTS } from './zookeeper.ts';

/** Files of secrets that Envoy takes as the pilot agent's SDS would give them. */
export interface Identity {
  /** Of the secret `default`: the certificate and its key. */
  readonly certificate: string;
  /** Of the secret `ROOTCA`. */
  readonly root: string;
}

/** Clients are outside the mesh: their port stays plain, as by `portLevelMtls`. */
export function isMutual(port: number, mtls: EnvoyOptions['mtls']): boolean {
  return mtls === 'strict' && port !== PORTS.client;
}

export function asServer(identity: Identity): object {
  return transportSocket({
    '@type': `${TLS}DownstreamTlsContext`,
    require_client_certificate: true,
    common_tls_context: tlsContext(identity),
  });
}

export function asClient(identity: Identity): object {
  return transportSocket({
    '@type': `${TLS}UpstreamTlsContext`,
    common_tls_context: tlsContext(identity),
  });
}

/** The secrets themselves, as `path_config_source` reads them. */
export function secretsOf(files: {
  readonly certificate: string;
  readonly key: string;
  readonly root: string;
}): { readonly certificate: unknown; readonly root: unknown } {
  const type = { '@type': `${TLS}Secret` };
  const certificate = {
    certificate_chain: { filename: files.certificate },
    private_key: { filename: files.key },
  };
  const trusted = { trusted_ca: { filename: files.root } };
  return {
    certificate: { resources: [{ ...type, name: 'default', tls_certificate: certificate }] },
    root: { resources: [{ ...type, name: 'ROOTCA', validation_context: trusted }] },
  };
}

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.';

function transportSocket(context: object): object {
  return {
    transport_socket: { name: 'envoy.transport_sockets.tls', typed_config: context },
  };
}

function tlsContext({ certificate, root }: Identity): object {
  return {
    alpn_protocols: ['istio-peer-exchange', 'istio'],
    tls_certificate_sds_secret_configs: [secret('default', certificate)],
    validation_context_sds_secret_config: secret('ROOTCA', root),
  };
}

function secret(name: string, path: string): object {
  return { name, sds_config: { resource_api_version: 'V3', path_config_source: { path } } };
}
