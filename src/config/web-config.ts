import {
  CLIENT_AUTH_TYPES,
  type ClientAuthType,
  type ClientConfig,
  type TlsServerConfig,
  type TlsVersion,
  type WebConfig,
} from '../model/web-config.ts';
import { Problem, quote } from './problem.ts';
import { fieldsOf } from './web-fields.ts';
import { yamlDocument } from './yaml-document.ts';

/** Go's names of the versions that are still safe (RFC 8996 retired the others). */
const VERSIONS: Readonly<Record<string, TlsVersion>> = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' };
const VERSION_NAMES = ['TLS12', 'TLS13'] as const;

const TLS_KEYS = [
  ...['cert', 'cert_file', 'key', 'key_file', 'client_ca', 'client_ca_file'],
  ...['client_auth_type', 'min_version', 'max_version'],
];
const TLS_UNSUPPORTED = {
  client_allowed_sans: 'every certificate that client_ca_file issued is accepted',
  cipher_suites: 'the runtime chooses among safe ones',
  prefer_server_cipher_suites: 'the runtime chooses among safe ones',
  curve_preferences: 'the runtime chooses among safe ones',
};
const UNSUPPORTED = {
  http_server_config: 'the probe speaks HTTP/1.1 and sets its own headers',
  rate_limit: 'the probe has its own limits',
};

/** The version, cost, salt and hash of crypt(3)'s bcrypt. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Each step doubles the time of a check, which is a tenth of a second at 10. */
const LEAST_COST = 4;
const MOST_COST = 14;

/**
 * What a file in the web configuration format of Prometheus exporters says (exporter-toolkit,
 * docs/web-configuration.md). Throws a Problem for anything in it that is not understood or not obeyed.
 */
export function readWebConfig(file: string, text: string): WebConfig {
  const fields = fieldsOf(mappingIn(file, text), {
    ...{ file, at: '' },
    known: ['tls_server_config', 'basic_auth_users'],
    unsupported: UNSUPPORTED,
  });
  const tls = fields.mapping('tls_server_config');
  const users = fields.mapping('basic_auth_users');
  return {
    tls: tls === null ? null : tlsServerConfig(file, tls),
    users: users === null ? new Map() : usersIn(file, users),
  };
}

function tlsServerConfig(file: string, mapping: ReadonlyMap<unknown, unknown>): TlsServerConfig {
  const at = 'tls_server_config';
  const known = TLS_KEYS;
  const fields = fieldsOf(mapping, { file, at, known, unsupported: TLS_UNSUPPORTED });
  const cert = fields.pem('cert') ?? fields.fail('cert_file', 'is missing');
  const key = fields.pem('key') ?? fields.fail('key_file', 'is missing');
  const clientAuth = fields.word('client_auth_type', CLIENT_AUTH_TYPES) ?? 'NoClientCert';
  const clientCa = fields.pem('client_ca');
  if (verifies(clientAuth) && clientCa === null) {
    fields.fail('client_ca_file', `is missing; ${clientAuth} needs it to verify clients`);
  }
  if (!verifies(clientAuth) && clientCa !== null) {
    fields.fail(
      'client_auth_type',
      `${clientAuth} verifies nothing; write RequireAndVerifyClientCert, or remove client_ca_file`,
    );
  }
  const minVersion = VERSIONS[fields.word('min_version', VERSION_NAMES) ?? 'TLS12'] ?? 'TLSv1.2';
  const maxVersion = VERSIONS[fields.word('max_version', VERSION_NAMES) ?? 'TLS13'] ?? 'TLSv1.3';
  if (minVersion > maxVersion) fields.fail('min_version', 'is above max_version');
  return { cert, key, clientAuth, clientCa, minVersion, maxVersion };
}

function verifies(clientAuth: ClientAuthType): boolean {
  return clientAuth === 'VerifyClientCertIfGiven' || clientAuth === 'RequireAndVerifyClientCert';
}

function usersIn(
  file: string,
  mapping: ReadonlyMap<unknown, unknown>,
): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const [key, hash] of mapping) {
    const name = String(key);
    const where = `${file}: basic_auth_users, ${quote(name)}`;
    if (name === '' || name.includes(':')) throw new Problem(`${where}: is not a valid user name`);
    const cost = typeof hash === 'string' ? BCRYPT.exec(hash)?.[1] : undefined;
    if (typeof hash !== 'string' || cost === undefined) {
      throw new Problem(`${where}: has no bcrypt hash; make one with htpasswd -nBC 10 ''`);
    }
    if (Number(cost) < LEAST_COST || Number(cost) > MOST_COST) {
      throw new Problem(
        `${where}: has a hash of cost ${Number(cost)}; make one of ${LEAST_COST} to ${MOST_COST}, such as 10`,
      );
    }
    users.set(name, hash);
  }
  return users;
}

/**
 * How to ask the other members' probes: the keys `tls_config` and `basic_auth` of Prometheus' HTTP client
 * configuration. Throws a Problem for anything else in it.
 */
export function readClientConfig(file: string, text: string): ClientConfig {
  const known = ['tls_config', 'basic_auth'];
  const fields = fieldsOf(mappingIn(file, text), { file, at: '', known });
  const [tls, auth] = [fields.mapping('tls_config'), fields.mapping('basic_auth')];
  return {
    tls: tls === null ? null : clientTls(file, tls),
    basicAuth: auth === null ? null : clientAuthOf(file, auth),
  };
}

function clientTls(file: string, mapping: ReadonlyMap<unknown, unknown>): ClientConfig['tls'] {
  const known = [
    ...['ca', 'ca_file', 'cert', 'cert_file', 'key', 'key_file'],
    ...['server_name', 'insecure_skip_verify'],
  ];
  const fields = fieldsOf(mapping, { file, at: 'tls_config', known });
  const [cert, key] = [fields.pem('cert'), fields.pem('key')];
  if (cert !== null && key === null) fields.fail('key_file', 'is missing');
  if (cert === null && key !== null) fields.fail('cert_file', 'is missing');
  return {
    ...{ cert, key, ca: fields.pem('ca') },
    serverName: fields.text('server_name'),
    isUnverified: fields.flag('insecure_skip_verify') ?? false,
  };
}

function clientAuthOf(
  file: string,
  mapping: ReadonlyMap<unknown, unknown>,
): NonNullable<ClientConfig['basicAuth']> {
  const known = ['username', 'password', 'password_file'];
  const fields = fieldsOf(mapping, { file, at: 'basic_auth', known });
  const username = fields.text('username') ?? fields.fail('username', 'is missing');
  const password = fields.pem('password') ?? fields.fail('password_file', 'is missing');
  return { username, password };
}

function mappingIn(file: string, text: string): ReadonlyMap<unknown, unknown> {
  const root = yamlDocument(file, text);
  if (root === null) return new Map();
  if (root instanceof Map) return root;
  throw new Problem(`${file}: is not a mapping; write keys such as tls_server_config:`);
}
