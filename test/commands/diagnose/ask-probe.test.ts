import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { askProbe } from '../../../src/commands/diagnose/ask-probe.ts';
import { listen } from '../../../src/http/server.ts';
import { tlsDoor } from '../../../src/http/tls.ts';
import type { ClientAuthType } from '../../../src/model/web-config.ts';
import { authority } from '../../certificates.ts';
import { leaderReport } from '../../http/sample-report.ts';
import { skipWithout } from '../../tools.ts';

const skip = skipWithout('openssl');

/** The port of a probe that answers with a status and its report. */
async function probe(
  t: TestContext,
  { status = 200, clientAuth }: { status?: number; clientAuth?: ClientAuthType },
): Promise<number> {
  const by = authority(t);
  const { cert, key } = by.issue('elsewhere');
  const door =
    clientAuth === undefined
      ? null
      : tlsDoor({
          config: { clientAuth, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
          ...{ cert: by.textOf(cert), key: by.textOf(key), ca: by.textOf(by.ca) },
        });
  const server = await listen(
    (_, response) => {
      response.statusCode = status;
      response.end(JSON.stringify(leaderReport()));
    },
    {
      ...{ host: '127.0.0.1', port: 0, door },
      nowMs: () => performance.now(),
      onError: (error) => assert.fail(error),
    },
  );
  t.after(() => server.stop(0));
  return server.port;
}

test('a probe is asked in plain HTTP, and by TLS where it speaks that', { skip }, async (t) => {
  for (const clientAuth of [undefined, 'NoClientCert', 'RequestClientCert'] as const) {
    const port = await probe(t, clientAuth === undefined ? {} : { clientAuth });
    const answer = await askProbe('zk-0', port);
    assert.equal('report' in answer && answer.report.verdict, 'healthy', JSON.stringify(answer));
  }
});

test('what keeps diagnose out of a probe is named', { skip }, async (t) => {
  const locked = await probe(t, { clientAuth: 'RequireAndVerifyClientCert' });
  const answer = await askProbe('zk-0', locked);
  assert.match('none' in answer ? answer.none : '', /^the probe wants a client's certificate \(/);
  for (const clientAuth of [undefined, 'NoClientCert'] as const) {
    const port = await probe(t, { status: 401, ...(clientAuth && { clientAuth }) });
    const guarded = await askProbe('zk-0', port);
    assert.deepEqual(guarded, { none: 'the probe wants a password (HTTP status 401)' });
  }
  const broken = await askProbe('zk-0', await probe(t, { status: 500 }));
  assert.deepEqual(broken, { none: 'the probe gave no report: HTTP status 500' });
});
