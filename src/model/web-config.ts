/** How clients prove who they are when they connect, in Go's words (crypto/tls, ClientAuthType). */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** In Node's words. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** A PEM text, or the file that has it. */
export type Pem =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string };

/** How a listener speaks TLS. */
export interface TlsServerConfig {
  readonly cert: Pem;
  readonly key: Pem;
  readonly clientAuth: ClientAuthType;
  /** `null` where no client's certificate is verified. */
  readonly clientCa: Pem | null;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

/** What a file in the web configuration format of Prometheus exporters says. */
export interface WebConfig {
  /** `null`: plain HTTP. */
  readonly tls: TlsServerConfig | null;
  /** bcrypt hashes by user; empty where nobody has to have a password. */
  readonly users: ReadonlyMap<string, string>;
}

/** How the probe asks other members' probes, in the words of Prometheus' HTTP client configuration. */
export interface ClientConfig {
  /** `null`: plain HTTP. */
  readonly tls: {
    /** `null`: the certificate authorities that the runtime knows. */
    readonly ca: Pem | null;
    readonly cert: Pem | null;
    readonly key: Pem | null;
    /** The name that a certificate must have; `null` for the member's own. */
    readonly serverName: string | null;
    readonly isUnverified: boolean;
  } | null;
  readonly basicAuth: { readonly username: string; readonly password: Pem } | null;
}
