import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { reportSchema } from '../../src/model/report-schema.ts';
import { run } from '../../src/run.ts';
import { envoyStandIn } from '../evidence/envoy-stand-in.ts';

const CASES = new URL('../fixtures/envoy/istiod/', import.meta.url);

async function scan(...argv: readonly string[]): Promise<string> {
  let out = '';
  await run(
    ['scan', ...argv],
    {},
    {
      hostname: 'zk-0',
      hostsFile: () => null,
      readText: () => Promise.reject(new Error('no file')),
      stopSignal: () => new Promise(() => {}),
      out: (text) => {
        out += text;
      },
      error: assert.fail,
      colour: false,
    },
  );
  return out;
}

for (const name of readdirSync(CASES)) {
  test(`a scan that asks the proxy reports what Istiod configured: ${name}`, async (t) => {
    const one = JSON.parse(readFileSync(new URL(name, CASES), 'utf8'));
    const port = await envoyStandIn(t, {
      serverInfo: one.server_info,
      clusters: one.clusters_answer,
      listeners: one.listeners_answer_all_inbound,
    });
    const text = await scan('--ask=envoy', `--envoy-admin=127.0.0.1:${port}`, '--json');
    const { envoy } = reportSchema.parse(JSON.parse(text)).asked;
    assert.equal(envoy?.state, 'answered');
    const expected: Record<string, { delivery: string; mtls: string }> = one.expected.ports;
    const said = Object.keys(expected).map((number) => {
      const found = envoy.ports.find((each) => each.port === Number(number));
      return [number, found?.delivery, found?.mtls];
    });
    assert.deepEqual(
      said,
      Object.entries(expected).map(([number, { delivery, mtls }]) => [number, delivery, mtls]),
    );
  });
}
