import type { EnvoyAnswer, EnvoyPort } from '../model/evidence.ts';
import { boundedGet } from './bounded-get.ts';
import {
  deliveryTo,
  loopbackCauses,
  readConnectFailures,
  readInboundClusters,
} from './envoy-clusters.ts';
import { mtlsOf, readInboundChains } from './envoy-listeners.ts';
import { textField } from './json-fields.ts';
import { type JsonLimits, parseNarrowJson } from './narrow-json.ts';

/** `admin` in Istio's `envoy_bootstrap.json`: loopback only, no authentication. */
export const ENVOY_ADMIN = { host: '127.0.0.1', port: 15_000 } as const;

export interface EnvoyQuestion {
  readonly watchedPorts: readonly number[];
  /** For all requests together. */
  readonly timeoutMs: number;
  /** Of one answer; what is longer is missing. */
  readonly maxBytes: number;
  /** The admin's port, for tests; `ENVOY_ADMIN.port` if left out. */
  readonly port?: number;
}

/**
 * Names and masks keep answers small in large meshes; older Envoys ignore what they do not know. A
 * listener takes no mask: Envoy applies one to the outermost `Any` alone (`config_dump_handler.cc`).
 */
const PATHS = {
  serverInfo: '/server_info',
  clusters:
    '/config_dump?resource=dynamic_active_clusters&name_regex=inbound%7C.*&mask=cluster.name,cluster.type,cluster.load_assignment,cluster.upstream_bind_config',
  listener: '/config_dump?resource=dynamic_listeners&name_regex=virtualInbound',
  peers: '/clusters?format=json',
} as const;

const JSON_LIMITS: JsonLimits = { maxValues: 32_768, maxEntries: 32_768 };

/**
 * Asks the pod's own mesh proxy, with GET alone: that changes nothing in Envoy. One question at a
 * time; a part that fails is missing, and an admin that answers nothing at all has failed.
 */
export async function askEnvoy(question: EnvoyQuestion): Promise<EnvoyAnswer> {
  const endMs = performance.now() + question.timeoutMs;
  const missing: string[] = [];
  const ask = async (path: string): Promise<unknown> => {
    const json = await getJson(question, path, endMs - performance.now());
    if (json.kind === 'json') return json.value;
    missing.push(`${path.split('&')[0]}: ${json.reason}`);
    return undefined;
  };

  const info = await ask(PATHS.serverInfo);
  if (info === undefined) return { kind: 'failed', reason: missing.join('; ') };
  const version = versionIn(textField(info, 'version')?.split('/')[1] ?? null);
  if (version === null) return { kind: 'failed', reason: `${PATHS.serverInfo}: not of Envoy` };
  const clusters = readInboundClusters(await ask(PATHS.clusters));
  const chains = readInboundChains(await ask(PATHS.listener));
  const connectFailures = readConnectFailures(await ask(PATHS.peers), question.watchedPorts);

  const istioVersion = versionIn(textField(info, 'node', 'metadata', 'ISTIO_VERSION'));
  const known = clusters !== null && (clusters.size > 0 || chains !== null);
  const portOf = (port: number): EnvoyPort => ({
    delivery: known ? deliveryTo(port, clusters) : { kind: 'unknown' },
    mtls: chains === null ? 'unknown' : mtlsOf(port, chains),
  });
  return {
    kind: 'answered',
    version,
    istioVersion,
    ports: new Map(question.watchedPorts.map((port) => [port, portOf(port)])),
    loopbackCauses: clusters === null ? [] : loopbackCauses(clusters, istioVersion),
    connectFailures,
    missing,
  };
}

type Json =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

/** Timers are a millisecond early at times: what that leaves is no time for an answer. */
const LEAST_TIME_MS = 5;

async function getJson(question: EnvoyQuestion, path: string, timeoutMs: number): Promise<Json> {
  if (timeoutMs < LEAST_TIME_MS) return { kind: 'refused', reason: 'no time left to ask' };
  const got = await boundedGet({
    host: ENVOY_ADMIN.host,
    port: question.port ?? ENVOY_ADMIN.port,
    path,
    timeoutMs,
    maxBytes: question.maxBytes,
  });
  return got.kind === 'body'
    ? parseNarrowJson(got.text, JSON_LIMITS)
    : { kind: 'refused', reason: got.reason };
}

/** A release number alone, such as `1.20.3`, fit for a label. */
function versionIn(text: string | null): string | null {
  return (
    /^\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:-(?:alpha|beta|rc)[\d.]{0,8})?/.exec(text ?? '')?.[0] ?? null
  );
}
