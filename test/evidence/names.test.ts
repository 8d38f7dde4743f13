import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NamesWatch, watchNames } from '../../src/evidence/names.ts';
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
