import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClientConfig, readWebConfig } from '../../src/config/web-config.ts';

const HASH = '$2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze';
const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: /keys/server.key\n';

test('the sample of the exporter toolkit without its rate limit is read', () => {
  const { tls, users } = readWebConfig(
    '/etc/probe/web.yaml',
    `${TLS}basic_auth_users:\n  alice: ${HASH}\n  bob: ${HASH}\n`,
  );
  assert.deepEqual(tls, {
    cert: { kind: 'file', path: '/etc/probe/server.crt' },
    key: { kind: 'file', path: '/keys/server.key' },
    clientAuth: 'NoClientCert',
    clientCa: null,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
  });
  assert.deepEqual([...users.keys()], ['alice', 'bob']);
});

test('an empty file asks for nothing', () => {
  for (const text of ['', '# nothing\n', 'tls_server_config:\nbasic_auth_users:\n']) {
    const { tls, users } = readWebConfig('web.yaml', text);
    assert.deepEqual([tls, users.size], [null, 0]);
  }
});

test('certificates may stand in the file, and clients may have to have one', () => {
  const text = `tls_server_config:
  cert: |
    -----BEGIN CERTIFICATE-----
  key: secret
  client_ca: any
  client_auth_type: RequireAndVerifyClientCert
  min_version: TLS13
`;
  const { tls } = readWebConfig('web.yaml', text);
  assert.deepEqual(tls?.cert, { kind: 'inline', text: '-----BEGIN CERTIFICATE-----\n' });
  assert.equal(tls?.clientAuth, 'RequireAndVerifyClientCert');
  assert.equal(tls?.minVersion, 'TLSv1.3');
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['tls_server: {}', /^web\.yaml: unknown key "tls_server"; did you mean tls_server_config\?$/],
  ['http_server_config:\n  http2: false', /http_server_config is not supported: .*; remove it$/],
  ['rate_limit: {interval: 1s}', /rate_limit is not supported/],
  [`${TLS}  cipher_suites: [A]`, /tls_server_config\.cipher_suites is not supported/],
  [`${TLS}  client_allowed_sans: [A]`, /client_allowed_sans is not supported/],
  [`${TLS}  certfile: a`, /unknown key "tls_server_config\.certfile"; did you mean cert_file\?/],
  ['tls_server_config: {key_file: a}', /tls_server_config\.cert_file is missing/],
  ['tls_server_config: {cert_file: a}', /tls_server_config\.key_file is missing/],
  [`${TLS}  cert: a`, /cert and tls_server_config\.cert_file are both given/],
  [`${TLS}  min_version: TLS10`, /min_version is "TLS10"; write one of TLS12, TLS13/],
  [`${TLS}  min_version: TLS13\n  max_version: TLS12`, /min_version is above max_version/],
  [`${TLS}  client_auth_type: yes`, /client_auth_type is "yes"; write one of NoClientCert/],
  [`${TLS}  client_auth_type: VerifyClientCertIfGiven`, /client_ca_file is missing/],
  [`${TLS}  client_ca_file: a`, /client_auth_type NoClientCert verifies nothing/],
  ['tls_server_config: {cert_file: 1}', /cert_file must be a text/],
  ['tls_server_config: []', /tls_server_config must be a mapping/],
  ['basic_auth_users: {a: plain}', /basic_auth_users, "a": has no bcrypt hash/],
  [`basic_auth_users: {"": ${HASH}}`, /is not a valid user name/],
  [`basic_auth_users: {"a:b": ${HASH}}`, /"a:b": is not a valid user name/],
  [
    `basic_auth_users: {a: ${HASH.replace('$10$', '$18$')}}`,
    /hash of cost 18; make one of 4 to 14/,
  ],
  ['- a', /is not a mapping/],
  ['a: [', /not valid YAML/],
];

for (const [text, message] of WRONG) {
  test(`a web configuration with ${JSON.stringify(text)} is refused in one line`, () => {
    assert.throws(
      () => readWebConfig('web.yaml', text),
      (error: Error) => message.test(error.message) && !error.message.includes('\n'),
    );
  });
}

test('how peers are asked is in the words of a scrape', () => {
  const text = `tls_config:
  ca_file: ca.crt
  server_name: probe
  insecure_skip_verify: false
basic_auth:
  username: alice
  password_file: secret
`;
  assert.deepEqual(readClientConfig('/etc/client.yaml', text), {
    tls: {
      ca: { kind: 'file', path: '/etc/ca.crt' },
      cert: null,
      key: null,
      serverName: 'probe',
      isUnverified: false,
    },
    basicAuth: { username: 'alice', password: { kind: 'file', path: '/etc/secret' } },
  });
});

const WRONG_CLIENTS: readonly (readonly [string, RegExp])[] = [
  ['scheme: https', /unknown key "scheme"; known are tls_config, basic_auth/],
  ['tls_config: {cert_file: a}', /tls_config\.key_file is missing/],
  ['tls_config: {key_file: a}', /tls_config\.cert_file is missing/],
  ['tls_config: {insecure_skip_verify: no way}', /must be true or false/],
  ['basic_auth: {username: a}', /basic_auth\.password_file is missing/],
  ['basic_auth: {password: a}', /basic_auth\.username is missing/],
];

for (const [text, message] of WRONG_CLIENTS) {
  test(`a client configuration with ${JSON.stringify(text)} is refused in one line`, () => {
    assert.throws(
      () => readClientConfig('client.yaml', text),
      (error: Error) => message.test(error.message) && !error.message.includes('\n'),
    );
  });
}
