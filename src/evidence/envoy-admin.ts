import type { ConnectFailures, EnvoyAnswer, EnvoyPart } from '../model/evidence.ts';
import { boundedGet } from './bounded-get.ts';
import { readInboundClusters } from './envoy-clusters.ts';
import { readConnectFailures } from './envoy-failures.ts';
import { type EnvoyInfo, readServerInfo } from './envoy-info.ts';
import { readInboundListeners } from './envoy-listeners.ts';
import { envoyPaths, peersPath, SERVER_INFO_PATH } from './envoy-paths.ts';
import { portIn } from './envoy-ports.ts';
import { type JsonLimits, parseNarrowJson } from './narrow-json.ts';

/**
 * `admin` in Istio's `envoy_bootstrap.json`: loopback only, no authentication; on `::1` in pods that
 * have IPv6 alone.
 */
const LOOPBACK_HOSTS = ['127.0.0.1', '::1'] as const;
export const ENVOY_ADMIN_PORT = 15_000;

export interface EnvoyQuestion {
  readonly watchedPorts: readonly number[];
  /** Those among them between members, whose failed connects are asked for; all if left out. */
  readonly peerPorts?: readonly number[];
  /** For all requests together: each but the last may use half of what is left. */
  readonly timeoutMs: number;
  /** Of one answer; what is longer is missing. */
  readonly maxBytes: number;
  /** A loopback address of the admin; both families' if left out or `null`. */
  readonly host?: string | null;
  /** The admin's port; `ENVOY_ADMIN_PORT` if left out. */
  readonly port?: number;
  /** Parts that are not to be asked this time, since their answer is too long. */
  readonly leaveOut?: readonly EnvoyPart[];
}

/**
 * Asks the pod's own mesh proxy, with GET alone: that changes nothing in Envoy. One question at a
 * time, the cheapest first; a part that fails is missing, and an admin that does not say what it is
 * has failed.
 */
export async function askEnvoy(question: EnvoyQuestion): Promise<EnvoyAnswer> {
  const endMs = performance.now() + question.timeoutMs;
  const first = await askServerInfo(question, endMs);
  if (first.kind === 'failed') return first;
  const { host, info } = first;
  const peerPorts = question.peerPorts ?? question.watchedPorts;
  const paths = envoyPaths(question.watchedPorts, peerPorts, info.podAddresses);
  const missing: string[] = [];
  const tooLong: EnvoyPart[] = [];
  const ask = async (part: EnvoyPart): Promise<unknown> => {
    const path = paths[part];
    const leftMs = endMs - performance.now();
    const json: Json =
      question.leaveOut?.includes(part) === true
        ? { kind: 'refused', reason: 'not asked for now: its last answer was too long' }
        : await getJson(question, host, path, part === 'peers' ? leftMs : leftMs / 2);
    if (json.kind === 'json') return json.value;
    missing.push(`${path.split('&')[0]}: ${json.reason}`);
    if (json.kind === 'too-long') tooLong.push(part);
    return undefined;
  };
  const listeners = readInboundListeners(await ask('listeners'));
  const clusters = readInboundClusters(await ask('clusters'));
  const connectFailures = readConnectFailures(await ask('peers'), peerPorts);
  const configuration = { info, listeners, clusters };
  return {
    kind: 'answered',
    version: info.version,
    istioVersion: info.istioVersion,
    redirection: info.isRedirectionTold ? 'told' : 'not-told',
    ports: new Map(question.watchedPorts.map((port) => [port, portIn(configuration, port)])),
    connectFailures,
    missing,
    tooLong,
  };
}

export type FailuresAnswer =
  | { readonly kind: 'shown'; readonly failures: readonly ConnectFailures[] }
  /** Longer than `maxBytes`: the proxy does not know the filter. */
  | { readonly kind: 'too-long' }
  | { readonly kind: 'missing' };

/** Asks for the failed connects alone, which the proxy forgets within seconds. */
export async function askConnectFailures(question: EnvoyQuestion): Promise<FailuresAnswer> {
  const peerPorts = question.peerPorts ?? question.watchedPorts;
  for (const host of hostsOf(question)) {
    const json = await getJson(question, host, peersPath(peerPorts), question.timeoutMs);
    if (json.kind === 'too-long') return { kind: 'too-long' };
    const failures = json.kind === 'json' ? readConnectFailures(json.value, peerPorts) : null;
    if (failures !== null) return { kind: 'shown', failures };
    if (json.kind !== 'nobody') break;
  }
  return { kind: 'missing' };
}

type FirstAnswer =
  | { readonly kind: 'info'; readonly host: string; readonly info: EnvoyInfo }
  | { readonly kind: 'failed'; readonly reason: string };

/** Without it nothing else is asked: which ports are redirected at all is told here. */
async function askServerInfo(question: EnvoyQuestion, endMs: number): Promise<FirstAnswer> {
  const reasons: string[] = [];
  for (const host of hostsOf(question)) {
    const leftMs = endMs - performance.now();
    const json = await getJson(question, host, SERVER_INFO_PATH, leftMs / 2);
    if (json.kind === 'json') {
      const info = readServerInfo(json.value);
      if (info !== null) return { kind: 'info', host, info };
      return { kind: 'failed', reason: `${SERVER_INFO_PATH}: not of Envoy` };
    }
    reasons.push(json.reason);
    if (json.kind !== 'nobody') break;
  }
  return { kind: 'failed', reason: `${SERVER_INFO_PATH}: ${[...new Set(reasons)].join(', ')}` };
}

function hostsOf({ host }: EnvoyQuestion): readonly string[] {
  return host == null ? LOOPBACK_HOSTS : [host];
}

const JSON_LIMITS: JsonLimits = { maxValues: 32_768, maxEntries: 32_768 };

type Json =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'too-long'; readonly reason: string }
  /** Nothing listens at that address. */
  | { readonly kind: 'nobody'; readonly reason: string };

/** Timers are a millisecond early at times: what that leaves is no time for an answer. */
const LEAST_TIME_MS = 5;

async function getJson(
  question: EnvoyQuestion,
  host: string,
  path: string,
  timeoutMs: number,
): Promise<Json> {
  if (timeoutMs < LEAST_TIME_MS) return { kind: 'refused', reason: 'no time was left to ask' };
  const { port = ENVOY_ADMIN_PORT, maxBytes } = question;
  const got = await boundedGet({ host, port, path, timeoutMs, maxBytes });
  switch (got.kind) {
    case 'body': {
      const json = parseNarrowJson(got.text, JSON_LIMITS);
      if (json.kind === 'json') return json;
      return { kind: json.tooLarge ? 'too-long' : 'refused', reason: json.reason };
    }
    case 'too-long':
      return { kind: 'too-long', reason: got.reason };
    case 'refused':
    case 'not-asked':
      return { kind: 'nobody', reason: got.reason };
    default:
      return { kind: 'refused', reason: got.reason };
  }
}
