import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createPasswordChecks } from '../../src/http/auth/password-checks.ts';

const USERS = new Map([['alice', 'hash of alice']]);

/** Checks whose verification the test answers. */
function checks() {
  const asked: { password: string; hash: string; answer: (isRight: boolean) => void }[] = [];
  const pauses: number[] = [];
  const errors: unknown[] = [];
  let fails = false;
  let nowMs = 0;
  const { check } = createPasswordChecks({
    verify: (password, hash) =>
      fails
        ? Promise.reject(new Error('no thread'))
        : new Promise((resolve) => {
            asked.push({ password, hash, answer: resolve });
          }),
    nowMs: () => nowMs,
    pause(ms) {
      pauses.push(ms);
      return Promise.resolve();
    },
    onError: (error) => errors.push(error),
  });
  return {
    asked,
    pauses,
    errors,
    fail() {
      fails = true;
    },
    check: (password: string, { user = 'alice', from = 'a', users = USERS } = {}) =>
      check({ user, password }, users, from),
    async answer(isRight: boolean, tookMs = 100) {
      await turn();
      nowMs += tookMs;
      asked.at(-1)?.answer(isRight);
      await turn();
    },
  };
}

test('a password costs work once, whether it is right or wrong', async () => {
  const { check, answer, asked } = checks();
  const right = check('right');
  await answer(true);
  assert.equal(await right, 'right');
  const wrong = check('wrong');
  await answer(false);
  assert.equal(await wrong, 'wrong');
  assert.deepEqual([await check('right'), await check('wrong')], ['right', 'wrong']);
  assert.equal(asked.length, 2);
});

test('a user who does not exist costs as much, and never gets in', async () => {
  const { check, answer, asked } = checks();
  const mallory = check('right', { user: 'mallory' });
  await answer(true);
  assert.equal(await mallory, 'wrong');
  assert.equal(asked[0]?.hash, 'hash of alice');
});

test('a changed hash is checked anew', async () => {
  const { check, answer } = checks();
  const before = check('old');
  await answer(true);
  assert.equal(await before, 'right');
  const after = check('old', { users: new Map([['alice', 'another hash']]) });
  await answer(false);
  assert.equal(await after, 'wrong');
});

test('one is checked at a time, and after a wrong one there is a rest', async () => {
  const { check, answer, asked, pauses } = checks();
  const [first, second] = [check('1'), check('2')];
  await turn();
  assert.equal(asked.length, 1);
  await answer(false, 80);
  assert.equal(await first, 'wrong');
  assert.deepEqual(pauses, [320]);
  await answer(true);
  assert.equal(await second, 'right');
  assert.deepEqual(pauses, [320]);
});

test('the same password, asked for at the same time, is checked once for all', async () => {
  const { check, answer, asked } = checks();
  const all = Array.from({ length: 50 }, () => check('same'));
  await answer(true);
  assert.ok((await Promise.all(all)).every((checked) => checked === 'right'));
  assert.equal(asked.length, 1);
});

test('a crowd of guesses from one address loses its own places, and another address is next', async () => {
  const { check, answer, asked } = checks();
  const guesses = Array.from({ length: 40 }, (_, index) => check(`guess ${index}`));
  const other = check('right', { from: 'b' });
  const more = Array.from({ length: 40 }, (_, index) => check(`more ${index}`));
  await answer(false);
  await turn();
  assert.equal(asked.at(-1)?.password, 'right');
  await answer(true);
  assert.equal(await other, 'right');
  const busy = await Promise.all(guesses.slice(1, 20));
  assert.ok(busy.every((checked) => checked === 'busy'));
  for (let left = 0; left < 20; left += 1) await answer(false);
  const ends = await Promise.all([...guesses, ...more]);
  assert.ok(!ends.includes('right'));
});

test('guesses do not displace a password that is known to be right', async () => {
  const { check, answer, asked } = checks();
  const right = check('right');
  await answer(true);
  await right;
  for (let guess = 0; guess < 300; guess += 1) {
    const checked = check(`guess ${guess}`);
    await answer(false);
    await checked;
  }
  const before = asked.length;
  assert.equal(await check('right'), 'right');
  assert.equal(asked.length, before);
});

test('a check that fails lets nobody in, and is reported', async () => {
  const { check, fail, errors } = checks();
  fail();
  assert.equal(await check('right'), 'busy');
  assert.equal(errors.length, 1);
});
