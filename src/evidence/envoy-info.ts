import type { Address } from '../model/socket.ts';
import { parseAddress } from '../proc/printed-address.ts';
import {
  isRedirectionTold,
  proxyMinorIn,
  type Redirection,
  readRedirection,
} from './envoy-redirection.ts';
import { field, textField } from './json-fields.ts';

/** What `/server_info` says, as far as the reading of the other answers rests on it. */
export interface EnvoyInfo {
  readonly version: string | null;
  readonly istioVersion: string | null;
  /** The minor of Istio 1 of the proxy; `null` where it is not given. */
  readonly proxyMinor: number | null;
  readonly redirection: Redirection;
  readonly isRedirectionTold: boolean;
  /** The pod's own, as listeners of its own ports are named after them; empty where none is given. */
  readonly podAddresses: readonly Address[];
  /** The name of the secret that holds the proxy's certificate of the mesh. */
  readonly meshCertificate: string;
}

/** Reads `/server_info`; `null` where it is not an Envoy's. */
export function readServerInfo(info: unknown): EnvoyInfo | null {
  const metadata = field(info, 'node', 'metadata');
  const version = releaseIn(textField(info, 'version')?.split('/')[1] ?? null);
  const istioVersion = releaseIn(textField(metadata, 'ISTIO_VERSION'));
  if (version === null && istioVersion === null) return null;
  const proxyMinor = proxyMinorIn(metadata);
  return {
    version,
    istioVersion,
    proxyMinor,
    redirection: readRedirection(metadata),
    isRedirectionTold: isRedirectionTold(metadata, proxyMinor),
    podAddresses: podAddresses(info),
    meshCertificate: meshCertificate(metadata),
  };
}

/** A release number alone, such as `1.20.3`, fit for a label. */
function releaseIn(text: string | null): string | null {
  return (
    /^\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:-(?:alpha|beta|rc)[\d.]{0,8})?/.exec(text ?? '')?.[0] ?? null
  );
}

/** More addresses than a pod has of both families. */
const MAX_ADDRESSES = 8;

/** The node's id is `sidecar~ADDRESS~POD.NAMESPACE~DOMAIN`; `INSTANCE_IPS` has the other family's too. */
function podAddresses(info: unknown): readonly Address[] {
  const [, first = ''] = textField(info, 'node', 'id')?.split('~') ?? [];
  const more = textField(info, 'node', 'metadata', 'INSTANCE_IPS')?.split(',') ?? [];
  const addresses = [first, ...more].slice(0, MAX_ADDRESSES).flatMap((text) => {
    const address = parseAddress(text.trim());
    return address === null ? [] : [address];
  });
  return [...new Set(addresses)];
}

/** The agent's own is `default`, unless it takes the mesh's certificate from files (Istio's `SdsCertificateConfig`). */
function meshCertificate(metadata: unknown): string {
  const chain = textField(metadata, 'TLS_SERVER_CERT_CHAIN') ?? '';
  const key = textField(metadata, 'TLS_SERVER_KEY') ?? '';
  return chain !== '' && key !== '' ? `file-cert:${chain}~${key}` : 'default';
}
