import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { connect } from 'node:tls';
import { type BuiltProgram, buildProgram } from '../built-program.ts';
import { authority } from '../certificates.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';
import { skipWithout } from '../tools.ts';
import { startAgent } from './agent.ts';
import { crowd } from './crowd.ts';

const PROBES = 8;
/** Beside TLS, on the listener for health. */
const ANSWERED_APART_MS = 1_000;
/** Over TLS, where each of a thousand costs a beginning of a handshake. */
const ANSWERED_WITHIN_MS = 5_000;
const LEADER_OF_TWO = [...member(POD, 'leader'), row(`${POD}:2888`, `${PEERS[0]}:41000`)];

let program: BuiltProgram;

before(() => {
  program = buildProgram();
});

async function probeOverTls(port: number): Promise<{ status: number; tookMs: number }> {
  const beganMs = performance.now();
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  let text = '';
  socket.setEncoding('latin1').on('error', () => {});
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.setTimeout(15_000, () => socket.destroy());
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    tookMs: performance.now() - beganMs,
  };
}

/** The first bytes of a record that promises more, and a client's hello that is nonsense. */
const HANDSHAKES: readonly (readonly [string, string])[] = [
  ['1,000 connections that begin no handshake', ''],
  ['1,000 handshakes that are not finished', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
  ['1,000 handshakes that are nonsense', '\u0016\u0003\u0001\u0000\u0005\u0001nonsense'],
];

for (const [name, sends] of HANDSHAKES) {
  test(`probes are answered over TLS and beside it, with ${name}`, {
    skip: skipWithout('openssl'),
  }, async (t) => {
    const by = authority(t);
    const { cert, key } = by.issue('server', 'IP:127.0.0.1');
    const config = join(by.folder, 'web.yaml');
    writeFileSync(config, `tls_server_config: {cert_file: ${cert}, key_file: ${key}}\n`);
    const agent = await startAgent(t, program, { more: ['--web-config', config] });
    await crowd(t, agent.port, { many: 1_000, sends, reads: true });
    const took: number[] = [];
    for (let count = 0; count < PROBES; count += 1) {
      const secured = await probeOverTls(agent.port);
      const apart = await agent.probe('/livez', agent.healthPort);
      assert.deepEqual([secured.status, apart.status], [200, 200]);
      took.push(secured.tookMs);
      assert.ok(apart.tookMs < ANSWERED_APART_MS, `${apart.tookMs} ms on the other listener`);
    }
    const most = Math.max(...took);
    t.diagnostic(
      `at most ${most.toFixed(0)} ms, peak ${(agent.peakBytes() / 2 ** 20).toFixed(0)} MiB`,
    );
    assert.ok(most < ANSWERED_WITHIN_MS, `${most} ms`);
    assert.ok(agent.openFiles() <= 512);
  });
}

test('a stop is held while 1,000 hostile clients come and go', async (t) => {
  const agent = await startAgent(t, program, { rows: LEADER_OF_TWO });
  const beganMs = performance.now();
  const held = agent.probe('/stop-allowed?wait=8s');
  await crowd(t, agent.port, {
    many: 1_000,
    sends: 'GET /stop-allowed HTTP/1.1\r\nX: y',
    reads: true,
  });
  const { status } = await held;
  const heldMs = performance.now() - beganMs;
  assert.equal(status, 503, 'the time is over');
  assert.ok(heldMs >= 8_000, `${heldMs} ms`);
});
