import { createHmac, randomBytes } from 'node:crypto';
import type { Verify } from './verify.ts';

/** `busy`: too many others want to be checked. */
export type Checked = 'right' | 'wrong' | 'busy';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Checks the passwords of requests; each costs work only the first time that it is given. */
export interface PasswordChecks {
  /** `from` is the client's address, among which the checks take turns. */
  check(given: Credentials, users: ReadonlyMap<string, string>, from: string): Promise<Checked>;
}

export interface CheckEdges {
  readonly verify: Verify;
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Is told of a check that failed by a fault of the probe. */
  readonly onError: (error: unknown) => void;
}

/** How many may wait; who comes then takes the place of the oldest of the address that has most. */
const MOST_WAITING = 16;
/** Right and wrong ones are kept apart, so that no guessing displaces what is right. */
const MOST_KEPT = 128;
/** After a wrong one the next waits for this many times as long as the check took: a fifth of a core at most. */
const RESTS = 4;

interface Waiting {
  readonly key: string;
  readonly from: string;
  readonly password: string;
  /** The user's; another's for a user who does not exist, so that both take as long. */
  readonly hash: string;
  readonly isUser: boolean;
  readonly answers: ((checked: Checked) => void)[];
}

export function createPasswordChecks(edges: CheckEdges): PasswordChecks {
  const secret = randomBytes(32);
  const right = new Set<string>();
  const wrong = new Set<string>();
  let waiting: readonly Waiting[] = [];
  let current: Waiting | null = null;
  let isChecking = false;

  function takeNext(last: string | null): Waiting | null {
    const next = nextInTurn(waiting, last);
    waiting = waiting.filter((one) => one !== next);
    return next;
  }

  async function checkAll(): Promise<void> {
    isChecking = true;
    for (current = takeNext(null); current !== null; current = takeNext(current.from)) {
      const beganMs = edges.nowMs();
      const checked = await checkOne(current);
      for (const answer of current.answers) answer(checked);
      if (checked !== 'right') await edges.pause(RESTS * (edges.nowMs() - beganMs));
    }
    isChecking = false;
  }

  async function checkOne({ key, password, hash, isUser }: Waiting): Promise<Checked> {
    try {
      const fits = await edges.verify(password, hash);
      const isRight = fits && isUser;
      keep(isRight ? right : wrong, key);
      return isRight ? 'right' : 'wrong';
    } catch (error) {
      edges.onError(error);
      return 'busy';
    }
  }

  function add(one: Waiting): void {
    const gone = waiting.length < MOST_WAITING ? null : oldestOfMost(waiting);
    waiting = [...waiting.filter((other) => other !== gone), one];
    for (const answer of gone?.answers ?? []) answer('busy');
    if (!isChecking) void checkAll();
  }

  return {
    check({ user, password }, users, from) {
      const own = users.get(user);
      const hash = own ?? [...users.values()][0];
      if (hash === undefined) return Promise.resolve('wrong');
      const key = keyOf(secret, [user, own ?? '', password]);
      if (right.has(key)) return Promise.resolve('right');
      if (wrong.has(key)) return Promise.resolve('wrong');
      return new Promise((resolve) => {
        const same = [current, ...waiting].find((one) => one?.key === key);
        if (same) same.answers.push(resolve);
        else add({ key, from, password, hash, isUser: own !== undefined, answers: [resolve] });
      });
    },
  };
}

/** Addresses take turns, as far as others wait at all. */
function nextInTurn(waiting: readonly Waiting[], last: string | null): Waiting | null {
  return waiting.find(({ from }) => from !== last) ?? waiting[0] ?? null;
}

function oldestOfMost(waiting: readonly Waiting[]): Waiting | null {
  const count = (address: string) => waiting.filter(({ from }) => from === address).length;
  return waiting.reduce<Waiting | null>(
    (most, one) => (most === null || count(one.from) > count(most.from) ? one : most),
    null,
  );
}

/** Neither passwords nor what could be guessed from is kept. */
function keyOf(secret: Buffer, parts: readonly string[]): string {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64');
}

function keep(keys: Set<string>, key: string): void {
  keys.add(key);
  if (keys.size <= MOST_KEPT) return;
  for (const oldest of keys) {
    keys.delete(oldest);
    return;
  }
}
