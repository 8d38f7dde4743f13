import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterLookup, type NamesWatch, watchNames } from '../../src/evidence/names.ts';
import type { PodIdentity } from '../../src/model/names.ts';
import type { Address } from '../../src/model/socket.ts';

interface Asked {
  readonly names: NamesWatch;
  readonly lookups: readonly string[];
  readonly failures: readonly string[];
  answers(name: string, answer: readonly Address[] | Error): void;
  passes(ms: number): void;
}

function dns(): Asked {
  const zone = new Map<string, readonly Address[] | Error>();
  const lookups: string[] = [];
  const failures: string[] = [];
  let nowMs = 0;
  const names = watchNames({
    lookup(name) {
      lookups.push(name);
      const answer = zone.get(name) ?? notFound();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    clock: () => nowMs,
    onFailure: (name, reason) => failures.push(`${name}: ${reason}`),
  });
  return {
    names,
    lookups,
    failures,
    answers: (name, answer) => void zone.set(name, answer),
    passes(ms) {
      nowMs += ms;
    },
  };
}

function notFound(): Error {
  return Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
}

test('a name has its addresses, or none since when', async () => {
  const { names, answers, passes } = dns();
  answers('zk-0', ['10.0.0.1', 'fd00::1']);
  await names.poll(['zk-0', 'zk-1'], true, false);
  passes(3_000);
  await names.poll(['zk-0', 'zk-1'], true, false);
  assert.deepEqual(names.answers().get('zk-0'), {
    kind: 'published',
    addresses: ['10.0.0.1', 'fd00::1'],
    atMs: 3_000,
  });
  assert.deepEqual(names.answers().get('zk-1'), {
    kind: 'unpublished',
    addresses: [],
    atMs: 3_000,
    sinceMs: 0,
  });
});

test('a name that lost its address keeps the last one, and is unpublished from then on', async () => {
  const { names, answers, passes } = dns();
  answers('zk-0', ['10.0.0.1']);
  await names.poll(['zk-0'], true, false);
  answers('zk-0', notFound());
  passes(5_000);
  await names.poll(['zk-0'], true, false);
  assert.deepEqual(names.answers().get('zk-0'), {
    kind: 'unpublished',
    addresses: ['10.0.0.1'],
    atMs: 5_000,
    sinceMs: 5_000,
  });
});

test('any other failure says nothing of the name, ends no count by itself, and is told', async () => {
  const { names, answers, passes, failures } = dns();
  await names.poll(['zk-0'], true, false);
  answers('zk-0', Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }));
  passes(3_000);
  await names.poll(['zk-0'], true, false);
  assert.equal(names.answers().get('zk-0')?.kind, 'failed');
  assert.deepEqual(failures, ['zk-0: try again']);
});

test('names are looked up every 30 s while all is well, every 3 s while waiting, at most once a second', async () => {
  const { names, lookups, passes } = dns();
  const ask = async (waiting: boolean, urgent: boolean): Promise<number> => {
    const before = lookups.length;
    await names.poll(['zk-0'], waiting, urgent);
    return lookups.length - before;
  };
  assert.equal(await ask(false, false), 1);
  passes(999);
  assert.equal(await ask(true, true), 0);
  passes(1);
  assert.equal(await ask(false, true), 1);
  passes(2_999);
  assert.equal(await ask(true, false), 0);
  passes(1);
  assert.equal(await ask(true, false), 1);
  passes(29_999);
  assert.equal(await ask(false, false), 0);
  passes(1);
  assert.equal(await ask(false, false), 1);
});

test('one round runs at a time, and no names ask for none', async () => {
  const { names, lookups, passes } = dns();
  const first = names.poll(['zk-0'], true, false);
  passes(60_000);
  await names.poll(['zk-0'], true, true);
  await first;
  assert.equal(lookups.length, 1);
  passes(60_000);
  await names.poll([], true, true);
  assert.equal(lookups.length, 1);
});

const IDENTITY: PodIdentity = {
  kind: 'known',
  pod: 'zk-0',
  service: 'zk',
  namespace: 'data',
  domain: 'cluster.local',
};
const OWN = 'zk-0.zk.data.svc.cluster.local';

/** A cluster's DNS without an upstream: it knows its own zone, and of every other name nothing. */
function airGapped(published: ReadonlyMap<string, readonly Address[]>) {
  const asked: string[] = [];
  const lookup = clusterLookup(IDENTITY, (name) => {
    asked.push(name);
    const found = published.get(name);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(name.endsWith('.cluster.local.') ? notFound() : tryAgain());
  });
  return { lookup, asked };
}

function tryAgain(): Error {
  return Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
}

for (const name of ['zk-0.zk', 'zk-0.zk.data', 'zk-0.zk.data.svc', OWN, 'ZK-0.zk']) {
  test(`a cluster without an upstream says of ${name} that it is not published`, async () => {
    const { lookup, asked } = airGapped(new Map());
    await assert.rejects(lookup(name), { code: 'ENOTFOUND' });
    assert.deepEqual(asked, [`${OWN}.`]);
  });
}

test("a peer's name is absolute as well, and what DNS does not know may still be in the hosts file", async () => {
  const published = new Map([
    ['zk-1.zk.data.svc.cluster.local.', ['10.0.0.2']],
    ['zk-2.zk', ['10.0.0.3']],
  ]);
  const { lookup, asked } = airGapped(published);
  assert.deepEqual(await lookup('zk-1.zk'), ['10.0.0.2']);
  assert.deepEqual(await lookup('zk-2.zk'), ['10.0.0.3']);
  assert.deepEqual(asked, [
    ...[...published.keys()].slice(0, 1),
    'zk-2.zk.data.svc.cluster.local.',
    'zk-2.zk',
  ]);
  await assert.rejects(lookup('zk-3.zk'), { code: 'ENOTFOUND' });
});

test('a DNS that does not answer leaves the own name not known, whoever is asked', async () => {
  const lookup = clusterLookup(IDENTITY, () => Promise.reject(tryAgain()));
  await assert.rejects(lookup('zk-0.zk'), { code: 'EAI_AGAIN' });
  await assert.rejects(lookup('zk-1.zk'), { code: 'EAI_AGAIN' });
});

test('names outside of the cluster, and all where the pod is not known, are asked as they are', async () => {
  const asked: string[] = [];
  const lookup = (name: string) => {
    asked.push(name);
    return Promise.resolve(['10.0.0.1']);
  };
  const names = ['zk1.example.org', 'zk-0.other', 'localhost', 'zk-0.zk.data.svc.cluster.local.'];
  for (const name of names) await clusterLookup(IDENTITY, lookup)(name);
  await clusterLookup({ kind: 'unknown' }, lookup)('zk-0.zk');
  assert.deepEqual(asked, [...names, 'zk-0.zk']);
});

test("another service's name is absolute where it is written as one of the cluster's", async () => {
  const asked: string[] = [];
  const lookup = clusterLookup(IDENTITY, (name) => {
    asked.push(name);
    return Promise.resolve([]);
  });
  await lookup('zk-0.other.data.svc');
  await lookup('zk-0.other.data.svc.cluster.local');
  assert.deepEqual(asked, Array(2).fill('zk-0.other.data.svc.cluster.local.'));
});
