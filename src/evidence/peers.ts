import type { PeerAnswer } from '../model/evidence.ts';
import type { Address } from '../model/socket.ts';
import { boundedGet, type GetClient } from './bounded-get.ts';
import { readMemberReport } from './member-report.ts';
import { type JsonLimits, parseNarrowJson } from './narrow-json.ts';

/** Another member's probe, by the member's configured name. */
export interface PeerTarget {
  readonly name: string;
  readonly address: Address;
  readonly port: number;
}

export interface PeerLimits {
  /** For one peer's whole answer, connecting included. */
  readonly timeoutMs: number;
  /** Of one answer's body; longer ones are invalid. */
  readonly maxBytes: number;
  /** How many are asked at a time. */
  readonly atOnce: number;
}

export const PEER_LIMITS: PeerLimits = { timeoutMs: 800, maxBytes: 262_144, atOnce: 8 };

/** Asks each target for its report; the answers are by name. Never rejects. */
export async function askPeers(
  targets: readonly PeerTarget[],
  limits: PeerLimits = PEER_LIMITS,
  client?: GetClient,
): Promise<ReadonlyMap<string, PeerAnswer>> {
  const answers = new Map<string, PeerAnswer>();
  const waiting = targets.values();
  const asker = async (): Promise<void> => {
    for (const target of waiting) answers.set(target.name, await askPeer(target, limits, client));
  };
  await Promise.all(Array.from({ length: Math.min(limits.atOnce, targets.length) }, asker));
  return answers;
}

async function askPeer(
  target: PeerTarget,
  limits: PeerLimits,
  client: GetClient | undefined,
): Promise<PeerAnswer> {
  const got = await boundedGet({
    host: target.address,
    name: target.name,
    ...(client === undefined ? {} : { client }),
    port: target.port,
    path: '/api/v1/report',
    timeoutMs: limits.timeoutMs,
    maxBytes: limits.maxBytes,
  });
  if (got.kind === 'body') return readReport(got.text, got.elapsedMs);
  return got.kind === 'too-long' ? { kind: 'invalid', reason: got.reason } : got;
}

/** A report of hundreds of members and links stays far below both. */
const REPORT_LIMITS: JsonLimits = { maxValues: 8192, maxEntries: 256 };

/** Reads the text that a probe answered with. */
export function readReport(text: string, rttMs: number): PeerAnswer {
  const json = parseNarrowJson(text, REPORT_LIMITS);
  if (json.kind === 'refused') return { kind: 'invalid', reason: json.reason };
  const read = readMemberReport(json.value);
  switch (read.kind) {
    case 'report':
      return { kind: 'answered', rttMs, report: read.report };
    case 'not-understood':
      return { kind: 'not-understood', rttMs, reason: 'the report is of another release' };
    case 'none':
      return { kind: 'invalid', reason: 'the answer is not a report: it has no schemaVersion' };
  }
}
