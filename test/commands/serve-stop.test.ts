import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../../src/model/report.ts';
import { podFolder } from '../agent/pod.ts';
import { type AgentLog, followLog } from '../agent-log.ts';
import { buildProgram } from '../built-program.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';

const built = buildProgram();

/** The leader of three, of whom the rows of the given peers are linked. */
function leaderRows(peers: readonly string[]) {
  const links = peers.map((peer, index) => row(`${POD}:2888`, `${peer}:${41_000 + index}`));
  return [...member(POD, 'leader'), ...links];
}

interface Agent {
  readonly log: AgentLog;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  report(): Promise<Report>;
  stop(): Promise<number | null>;
}

async function starts(t: TestContext, root: string): Promise<Agent> {
  const members = [POD, ...PEERS].slice(0, 3).join();
  const child = built.starts([
    ...['serve', '--proc', root, '--members', members, '--pod-ip', POD],
    ...['--settle', '0s', '--listen', '127.0.0.1:0'],
  ]);
  t.after(() => child.kill('SIGKILL'));
  const log = followLog(child);
  const { port } = await log.watching();
  const get = (path: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port, path, agent: false });
      asking.on('error', reject);
      asking.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      asking.end();
    });
  return {
    log,
    get,
    report: async () => JSON.parse((await get('/api/v1/report')).body),
    async stop() {
      child.kill('SIGTERM');
      return (await log.ended()).code;
    },
  };
}

async function untilVotes(agent: Agent, votes: number): Promise<void> {
  while ((await agent.report()).quorum.votes !== votes) await delay(50);
}

test('the program holds a stop while a voter is missing, says so everywhere, and releases it', async (t) => {
  const pod = podFolder(t, leaderRows(PEERS.slice(0, 1)));
  const agent = await starts(t, pod.root);
  await untilVotes(agent, 2);
  const asked = agent.get('/stop-allowed?wait=60s');
  while ((await agent.report()).stopping?.state !== 'held') await delay(20);
  assert.match((await agent.get('/metrics')).body, /^quorum_probe_stopping\{state="held"\} 1$/m);
  pod.shows(leaderRows(PEERS.slice(0, 2)));
  const answer = await asked;
  assert.deepEqual([answer.status, answer.body.slice(0, 8)], [200, 'allowed:']);
  const { stopping } = await agent.report();
  assert.equal(stopping?.state, 'going');
  const events: { transitions: { kind: string; from: string; to: string }[] } = JSON.parse(
    (await agent.get('/api/v1/events')).body,
  );
  const stops = events.transitions.filter(({ kind }) => kind === 'stopping');
  assert.deepEqual(
    stops.map(({ from, to }) => `${from} ${to}`),
    ['none held', 'held going'],
  );
  await agent.log.until(({ kind, to }) => kind === 'stopping' && to === 'going');
  const logged = agent.log.lines.filter(({ kind }) => kind === 'stopping').map(({ to }) => to);
  assert.deepEqual(logged, ['held', 'going']);
});

test('the program answers a held stop in time, and at once when it is itself told to stop', async (t) => {
  const pod = podFolder(t, leaderRows(PEERS.slice(0, 1)));
  const agent = await starts(t, pod.root);
  await untilVotes(agent, 2);
  const { status, body } = await agent.get('/stop-allowed?wait=500ms');
  assert.equal(status, 503);
  assert.match(body, /^timed-out: not spared within 0\.5 s: /);
  const held = agent.get('/stop-allowed?wait=60s');
  while (!(await agent.report()).stopping) await delay(20);
  await delay(0);
  const code = agent.stop();
  const last = await held;
  assert.equal(last.status, 503);
  assert.match(last.body, /^given-up: the probe is stopping/);
  assert.equal(await code, 0);
});
