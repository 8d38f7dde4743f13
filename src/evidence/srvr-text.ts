import { SERVER_MODES, type ServingAnswer, type SrvrText } from '../model/evidence.ts';

/**
 * Reads a complete answer to `srvr`; `null` for any other text. It is what ZooKeeper's
 * `StatCommand`, `ServerStats.toString` and `NopCommand` print; of a serving server's lines all
 * must be there.
 */
export function parseSrvr(text: string): SrvrText | null {
  if (/^This ZooKeeper instance is not currently serving requests\s*$/.test(text)) {
    return { kind: 'not-serving' };
  }
  if (/^srvr is not executed because it is not in the whitelist\.\s*$/.test(text)) {
    return { kind: 'not-whitelisted' };
  }
  const value = (name: string): string | null =>
    new RegExp(`^${name}: (.{1,200})$`, 'm').exec(text)?.[1]?.trimEnd() ?? null;

  const version = releaseOf(value('Zookeeper version'));
  const zxid = /^0x[\da-f]{1,16}$/.exec(value('Zxid') ?? '')?.[0];
  const mode = SERVER_MODES.find((known) => known === value('Mode'));
  const latencyMs = latencyOf(value('Latency min/avg/max'));
  const received = countOf(value('Received'));
  const sent = countOf(value('Sent'));
  const connections = countOf(value('Connections'));
  const outstanding = countOf(value('Outstanding'));
  const nodeCount = countOf(value('Node count'));
  if (version === null || zxid === undefined || mode === undefined || latencyMs === null) {
    return null;
  }
  if (received === null || sent === null || connections === null) return null;
  if (outstanding === null || nodeCount === null) return null;
  return {
    kind: 'serving',
    mode,
    version,
    zxid,
    outstanding,
    connections,
    nodeCount,
    latencyMs,
    received,
    sent,
  };
}

function releaseOf(text: string | null): string | null {
  return (
    /^\d{1,4}(?:\.\d{1,4}){1,3}(?:-(?:alpha|beta|rc)[\d.]{0,8})?/.exec(text ?? '')?.[0] ?? null
  );
}

function latencyOf(text: string | null): ServingAnswer['latencyMs'] | null {
  const match = /^(\d{1,15})\/(\d{1,15}(?:\.\d{1,15})?)\/(\d{1,15})$/.exec(text ?? '');
  if (match === null) return null;
  return { min: Number(match[1]), avg: Number(match[2]), max: Number(match[3]) };
}

function countOf(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
