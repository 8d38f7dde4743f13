import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { readCertificate, watchCertificate } from '../../src/evidence/certificate.ts';

const CHAIN = join(import.meta.dirname, '../fixtures/certificates/chain.pem');
const chain = readFileSync(CHAIN, 'utf8');
const [leaf = '', authority = ''] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);

const LEAF = {
  subject: 'O=Lab, CN=zk-0',
  notBefore: '2026-11-26T03:08:09.000Z',
  notAfter: '2027-02-24T03:08:09.000Z',
};

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-certificate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'tls.crt'), text);
  return join(folder, 'tls.crt');
}

test('of a chain the certificate counts that expires first, wherever it stands', async (t) => {
  assert.deepEqual(await readCertificate(CHAIN), LEAF);
  assert.deepEqual(await readCertificate(file(t, authority + leaf)), LEAF);
  const { subject } = await readCertificate(file(t, authority));
  assert.equal(subject, 'O=Lab, CN=quorum CA');
});

test('text around a certificate, as openssl prints it, is nothing to complain of', async (t) => {
  const path = file(t, `Certificate:\r\n    Data:\r\n${leaf.replaceAll('\n', '\r\n')}`);
  assert.deepEqual(await readCertificate(path), LEAF);
});

for (const [what, text, complaint] of [
  ['an empty file', '', /holds no certificate in PEM form/],
  ['a key store', '\u0000\u0001binary', /holds no certificate in PEM form/],
  [
    'a private key beside it',
    `${leaf}-----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY-----\n`,
    /holds a private key; give a file with the certificate alone/,
  ],
  [
    'an encrypted key of another kind',
    `-----BEGIN EC PRIVATE KEY-----\nMC4\n-----END EC PRIVATE KEY-----\n${leaf}`,
    /holds a private key/,
  ],
  [
    'half a certificate',
    leaf.slice(0, 200) + leaf.slice(-40),
    /tls\.crt (cannot be understood|holds no certificate)/,
  ],
] as const) {
  test(`${what} is refused with a reason`, async (t) => {
    await assert.rejects(readCertificate(file(t, text)), complaint);
  });
}

test('a file that is not there is refused by its name', async () => {
  await assert.rejects(
    readCertificate('/nowhere/tls.crt'),
    /certificate file \/nowhere\/tls\.crt cannot be read: ENOENT.*is it mounted/,
  );
});

test('any text is either understood or refused in one line', async (t) => {
  const path = file(t, '');
  const pieces = fc.oneof(
    fc.constantFrom(...leaf.split('\n'), '-----BEGIN CERTIFICATE-----'),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), async (lines) => {
      writeFileSync(path, lines.join('\n'));
      await readCertificate(path).then(
        ({ notAfter }) => assert.ok(!Number.isNaN(Date.parse(notAfter))),
        (error: unknown) => assert.ok(error instanceof Error && !error.message.includes('\n')),
      );
    }),
    { numRuns: 200 },
  );
});

test('a renewed file is followed after a minute; one that is broken is told each time, and nothing is known then', async (t) => {
  const path = file(t, leaf);
  let nowMs = 0;
  const told: string[] = [];
  const watch = await watchCertificate(path, {
    clock: () => nowMs,
    onTrouble: (reason) => told.push(reason),
  });
  const after = async (ms: number, text: string): Promise<string | null> => {
    writeFileSync(path, text);
    nowMs += ms;
    await watch.poll();
    return watch.certificate()?.subject ?? null;
  };
  assert.equal(watch.certificate()?.subject, LEAF.subject);
  assert.equal(await after(59_000, authority), LEAF.subject);
  assert.equal(await after(1_000, authority), 'O=Lab, CN=quorum CA');
  assert.equal(await after(60_000, 'nothing'), null);
  assert.equal(await after(60_000, 'nothing'), null);
  assert.equal(told.length, 2);
  assert.equal(await after(60_000, leaf), LEAF.subject);
});

test('at the start a file that cannot be understood is refused', async (t) => {
  const edges = { clock: () => 0, onTrouble: assert.fail };
  await assert.rejects(watchCertificate(file(t, 'nothing'), edges), /holds no certificate/);
});
