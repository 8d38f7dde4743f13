import assert from 'node:assert/strict';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { evidenceRouter } from '../../src/http/evidence-api.ts';
import type { EnsembleDocument } from '../../src/model/ensemble-document.ts';
import type { Transition } from '../../src/model/transition.ts';
import { fakeView, leaderReport } from './sample-report.ts';
import { type Serving, serve, until } from './serving.ts';

const LOST: Transition = {
  at: '2026-11-22T10:00:01.000Z',
  kind: 'role',
  from: 'leader',
  to: 'looking',
  lastedMs: 5_000,
  detail: '',
};
const TOGETHER: EnsembleDocument = {
  schemaVersion: 1,
  ...leaderReport().ensemble,
  asked: true,
  quorum: { size: 3, majority: 2 },
  at: '2026-11-22T10:00:01.000Z',
  roles: ['quorum'],
  members: [],
  links: [],
  leaders: ['zk-2'],
  reaches: [],
  mismatches: [],
};

interface Evidence extends Serving {
  tells(transition: Transition): void;
  stops(): void;
  /** Asks for a stream, which may be refused. */
  stream(): Promise<Stream>;
}

interface Stream {
  readonly asking: ClientRequest;
  readonly response: IncomingMessage;
  text(): string;
  ended(): boolean;
}

async function serveEvidence(
  t: TestContext,
  ensemble: EnsembleDocument | null = null,
): Promise<Evidence> {
  const onTransition = new Set<(transition: Transition) => void>();
  const onStop = new Set<() => void>();
  const subscribe =
    <Listener>(to: Set<Listener>) =>
    (listener: Listener) => {
      to.add(listener);
      return () => to.delete(listener);
    };
  const evidence = evidenceRouter({
    transitions: () => [LOST],
    onTransition: subscribe(onTransition),
    onStop: subscribe(onStop),
    ensemble: () => ensemble,
  });
  const serving = await serve(t, fakeView(), { evidence });
  return {
    ...serving,
    tells(transition) {
      for (const listener of onTransition) listener(transition);
    },
    stops() {
      for (const listener of onStop) listener();
    },
    stream: () => openStream(t, serving.server.port),
  };
}

async function openStream(t: TestContext, port: number): Promise<Stream> {
  const asking = request({
    host: '127.0.0.1',
    port,
    path: '/api/v1/events',
    headers: { accept: 'text/event-stream' },
    agent: false,
  });
  t.after(() => asking.destroy());
  asking.end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject);
  });
  asking.on('error', () => undefined);
  response.on('error', () => undefined);
  let text = '';
  let ended = false;
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('close', () => {
    ended = true;
  });
  return { asking, response, text: () => text, ended: () => ended };
}

const events = (stream: Stream): number => stream.text().split('event: transition\n').length - 1;

test('the transitions are JSON for whoever does not ask for a stream', async (t) => {
  const { get } = await serveEvidence(t);
  for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }]) {
    const { status, headers: sent, body } = await get('/api/v1/events', headers);
    assert.equal(status, 200);
    assert.match(String(sent['content-type']), /^application\/json/);
    assert.deepEqual(JSON.parse(body), { transitions: [LOST] });
  }
});

test('HEAD opens no stream', async (t) => {
  const { get } = await serveEvidence(t);
  const accept = 'text/event-stream';
  const { status, body } = await get('/api/v1/events', { accept }, 'HEAD');
  assert.equal(status, 200);
  assert.equal(body, '');
});

test('each transition reaches each stream once, as one event', async (t) => {
  const evidence = await serveEvidence(t);
  const streams = await Promise.all([evidence.stream(), evidence.stream()]);
  for (const { response } of streams) {
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers['content-type']), /^text\/event-stream/);
  }
  evidence.tells(LOST);
  evidence.tells({ ...LOST, detail: 'two\nlines' });
  await until(() => streams.every((stream) => events(stream) === 2));
  const [first, second] = streams[0]?.text().split('\n\n').slice(1) ?? [];
  assert.equal(first, `event: transition\ndata: ${JSON.stringify(LOST)}`);
  assert.equal(second?.split('\n').length, 2);
});

test('only so many streams are open at a time, and a closed one makes room', async (t) => {
  const evidence = await serveEvidence(t);
  const streams = await Promise.all(Array.from({ length: 8 }, () => evidence.stream()));
  assert.ok(streams.every(({ response }) => response.statusCode === 200));
  const { response } = await evidence.stream();
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['retry-after'], '10');
  assert.equal((await evidence.get('/livez')).status, 200);
  streams[0]?.asking.destroy();
  await until(() => evidence.server.connections().open <= 7);
  assert.equal((await evidence.stream()).response.statusCode, 200);
});

test('a reader that takes nothing is dropped, and the others go on', async (t) => {
  const evidence = await serveEvidence(t);
  const reader = await evidence.stream();
  const slow = await evidence.stream();
  slow.response.pause();
  const long = { ...LOST, detail: 'x'.repeat(60_000) };
  let told = 0;
  const open = evidence.server.connections().open;
  // The kernel takes some megabytes before anything waits here.
  while (evidence.server.connections().open === open && told < 1_000) {
    evidence.tells(long);
    told += 1;
    await until(() => events(reader) === told);
  }
  assert.ok(told < 1_000, 'the slow reader was kept');
  assert.equal(reader.ended(), false);
});

test('streams end when the agent stops', async (t) => {
  const evidence = await serveEvidence(t);
  const streams = await Promise.all([evidence.stream(), evidence.stream()]);
  evidence.stops();
  await until(() => streams.every((stream) => stream.ended()));
  assert.ok(streams.every(({ response }) => response.complete));
});

test('what the members say together is JSON where their probes are asked', async (t) => {
  const { get } = await serveEvidence(t, TOGETHER);
  const { status, body } = await get('/api/v1/ensemble');
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), TOGETHER);
});

test('where they are not, the answer says how to have it', async (t) => {
  const { get } = await serveEvidence(t);
  const { status, headers, body } = await get('/api/v1/ensemble');
  assert.equal(status, 404);
  assert.match(String(headers['content-type']), /^text\/plain/);
  assert.match(body, /--ask peers/);
});
