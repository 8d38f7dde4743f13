import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import * as z from 'zod';
import { inhibitRules } from '../../deploy/prometheus/inhibition.ts';
import { alertsOf } from '../../deploy/prometheus/rules.ts';
import { DEFAULT_SETTINGS } from '../../deploy/prometheus/settings.ts';
import { skipWithout, toolPath } from '../tools.ts';

const skip = skipWithout('prometheus-alertmanager');
const PATIENCE_MS = 60_000;

/** What fires for each fault, as `Alert` or `Alert pod`, and the one alert that is to be sent. */
const SCENARIOS = {
  mesh: {
    fires: [
      'QuorumLost',
      'QuorumNoLeader',
      ...[0, 1, 2].flatMap((pod) => [
        `QuorumMeshLoopbackDelivery zk-${pod}`,
        `QuorumMemberNotReady zk-${pod}`,
      ]),
    ],
    sent: 'QuorumLost',
  },
  'one-killed': {
    fires: [
      'QuorumMarginZero',
      'QuorumMembersMissing',
      'QuorumMemberOut zk-0',
      'QuorumCriticalFinding zk-0',
      'QuorumMemberNotReady zk-0',
    ],
    sent: 'QuorumMarginZero',
  },
  'two-killed': { fires: ['QuorumLost', 'QuorumNoLeader'], sent: 'QuorumLost' },
  'cut-off': {
    fires: [
      'QuorumStalledLink zk-2',
      'QuorumMarginZero',
      'QuorumMembersMissing',
      'QuorumMemberOut zk-0',
    ],
    sent: 'QuorumMarginZero',
  },
  hung: {
    fires: ['QuorumProcessHung zk-0', 'QuorumMarginZero', 'QuorumMemberOut zk-0'],
    sent: 'QuorumMarginZero',
  },
  'one-of-five': {
    fires: ['QuorumMembersMissing', 'QuorumMemberOut zk-0', 'QuorumMemberNotReady zk-0'],
    sent: 'QuorumMembersMissing',
  },
  'probe-killed': { fires: ['QuorumProbeDown zk-0'], sent: 'QuorumProbeDown' },
  flapping: { fires: ['QuorumLeaderFlapping'], sent: 'QuorumLeaderFlapping' },
} as const;

const notification = z.looseObject({
  alerts: z.array(z.looseObject({ labels: z.record(z.string(), z.string()) })),
});

/** A notification that came: the ensemble, and the alerts in it. */
type Sent = readonly { readonly ensemble: string; readonly alert: string }[];

function receiver(came: Sent[]): Server {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const { alerts } = notification.parse(JSON.parse(body));
      came.push(
        alerts.map(({ labels }) => ({
          ensemble: labels['ensemble'] ?? '',
          alert: labels['alertname'] ?? '',
        })),
      );
      response.end();
    });
  });
}

const addressSchema = z.object({ port: z.int() });

function portOf(address: AddressInfo | string | null): number {
  return addressSchema.parse(address).port;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await sleep(100);
  }
}

function alertmanager(folder: string, port: number, webhookPort: number): ChildProcess {
  const url = `http://127.0.0.1:${webhookPort}/`;
  const config = {
    route: { receiver: 'all', group_by: DEFAULT_SETTINGS.by, group_wait: '2s' },
    receivers: [{ name: 'all', webhook_configs: [{ url }] }],
    inhibit_rules: inhibitRules(DEFAULT_SETTINGS),
  };
  writeFileSync(join(folder, 'alertmanager.yml'), stringify(config));
  return spawn(
    toolPath('prometheus-alertmanager'),
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
}

async function post(port: number, fires: readonly string[], ensemble: string): Promise<void> {
  const body = fires.map((fired) => {
    const [alertname = '', pod] = fired.split(' ');
    return { labels: { alertname, namespace: 'data', ensemble, ...(pod ? { pod } : {}) } };
  });
  const { ok } = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(ok);
}

test('Alertmanager sends one notification of one alert for each fault of the lab', {
  skip,
}, async () => {
  const known = new Set<string>(alertsOf(DEFAULT_SETTINGS).map(({ name }) => name));
  const came: Sent[] = [];
  const webhook = receiver(came).listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-alertmanager-'));
  const server = alertmanager(folder, port, portOf(webhook.address()));
  try {
    await until('Alertmanager is ready', () =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    for (const [ensemble, { fires }] of Object.entries(SCENARIOS)) {
      for (const fired of fires) assert.ok(known.has(fired.split(' ')[0] ?? ''), fired);
      await post(port, fires, ensemble);
    }
    await until('each fault is sent', () => came.length >= Object.keys(SCENARIOS).length);
    // What would be sent beside them has the same wait, so it comes before this one.
    await post(port, ['QuorumLost'], 'last');
    await until('the last is sent', () => came.flat().some(({ ensemble }) => ensemble === 'last'));
    for (const [ensemble, { sent }] of Object.entries(SCENARIOS)) {
      const ofFault = came.filter((alerts) => alerts.some((each) => each.ensemble === ensemble));
      assert.deepEqual(ofFault, [[{ ensemble, alert: sent }]]);
    }
  } finally {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    webhook.close();
    rmSync(folder, { recursive: true });
  }
});
