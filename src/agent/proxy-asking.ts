import type { askConnectFailures, askEnvoy } from '../evidence/envoy-admin.ts';
import { PROXY_LIMITS } from '../evidence/limits.ts';
import type { Asked } from '../model/asked.ts';
import type { EnvoyAnswer, EnvoyPart } from '../model/evidence.ts';
import type { Address } from '../model/socket.ts';
import { failedSince, failuresIn, NO_FAILURES, rememberFailures } from './connect-failures.ts';

/** How often the proxy is asked for all. */
const ALL_EVERY_MS = 30_000;
/**
 * How often for failed connects, while it matters: the proxy forgets them about 5 s after. An answer
 * of this many bytes was filtered, and costs the proxy nothing.
 */
const FAILURES = { everyMs: 3_000, timeoutMs: 1_000, maxBytes: 65_536 };
/** How long an answer that was too long is not asked for again: a mesh shrinks slowly. */
const TOO_LONG_MS = 1_800_000;
const PARTS: readonly EnvoyPart[] = ['listeners', 'clusters', 'peers'];

/** The two questions to a proxy's admin. */
export interface ProxyQuestions {
  readonly all: typeof askEnvoy;
  readonly failures: typeof askConnectFailures;
}

export interface ProxyAskingEdges {
  readonly clock: () => number;
  readonly questions: ProxyQuestions;
  readonly watchedPorts: readonly number[];
  readonly peerPorts: readonly number[];
  readonly admin: { readonly host: string | null; readonly port: number };
  /** Whether failed connects may explain what is seen now: they are asked for often then. */
  readonly failuresMatter: () => boolean;
  readonly take: (asked: Asked<EnvoyAnswer>) => void;
  /** Is told how many more connects to an address have failed; 0 of one that the proxy shows. */
  readonly onFailedConnects: (address: Address, more: number) => void;
}

/** Asks the proxy once, for all or for failed connects alone, as is due; resolves to how soon to come again. */
export function createProxyAsking(edges: ProxyAskingEdges): () => Promise<number> {
  const { clock, questions, watchedPorts, peerPorts, admin } = edges;
  const where = { watchedPorts, peerPorts, ...admin };
  let last: Asked<EnvoyAnswer> | null = null;
  let allDueMs = clock();
  let failures = NO_FAILURES;
  const againAtMs = new Map<EnvoyPart | 'often', number>();

  function take(asked: Asked<EnvoyAnswer>): void {
    last = asked;
    edges.take(asked);
  }

  function isTooLong(part: EnvoyPart | 'often'): boolean {
    return clock() < (againAtMs.get(part) ?? 0);
  }

  function areFailuresShort(): boolean {
    return !isTooLong('often') && !isTooLong('peers');
  }

  async function askAll(): Promise<void> {
    const leaveOut = PARTS.filter(isTooLong);
    const answer = await questions.all({ ...where, ...PROXY_LIMITS, leaveOut });
    const nowMs = clock();
    allDueMs = nowMs + ALL_EVERY_MS;
    // Another proxy, or one that starts, may have less to say.
    if (answer.kind === 'failed') againAtMs.clear();
    else for (const part of answer.tooLong) againAtMs.set(part, nowMs + TOO_LONG_MS);
    take({ answer: remembering(answer, nowMs), atMs: nowMs });
  }

  async function askFailures(before: Asked<EnvoyAnswer>): Promise<void> {
    const { timeoutMs, maxBytes } = FAILURES;
    const shown = await questions.failures({ ...where, timeoutMs, maxBytes });
    if (shown.kind === 'too-long') againAtMs.set('often', clock() + TOO_LONG_MS);
    if (shown.kind !== 'shown' || before.answer.kind === 'failed') return;
    const answer = remembering({ ...before.answer, connectFailures: shown.failures }, clock());
    take({ answer, atMs: before.atMs });
  }

  function remembering(answer: EnvoyAnswer, nowMs: number): EnvoyAnswer {
    if (answer.kind === 'failed') return answer;
    const { connectFailures: shown } = answer;
    for (const { address, failures: more } of failedSince(failures, shown ?? [])) {
      edges.onFailedConnects(address, more);
    }
    failures = rememberFailures(failures, shown, nowMs);
    const isKnown = shown !== null || failures.size > 0;
    return { ...answer, connectFailures: isKnown ? failuresIn(failures) : null };
  }

  return async () => {
    if (clock() >= allDueMs) await askAll();
    else if (last?.answer.kind === 'answered' && areFailuresShort() && edges.failuresMatter()) {
      await askFailures(last);
    }
    return Math.max(0, Math.min(FAILURES.everyMs, allDueMs - clock()));
  };
}
