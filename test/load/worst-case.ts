import { fileURLToPath } from 'node:url';
import { ZOOKEEPER_PORTS } from '../demo/stand-in.ts';

/** The watched member first. */
export const WORST_MEMBERS: readonly string[] = Array.from(
  { length: 9 },
  (_, index) => `127.0.0.${11 + index}`,
);
export const WORST_PORT = 4888;
export const WORST_ORIGIN = `http://${WORST_MEMBERS[0]}:${WORST_PORT}`;

/** Preloaded, it lets SIGUSR2 measure what is alive. */
export const LIVE_HEAP = fileURLToPath(new URL('live-heap.mjs', import.meta.url));

/** The options of an agent that asks everybody and has a configuration file, which brings zod and a YAML parser. */
export function worstArguments(): string[] {
  const { client, quorum, election } = ZOOKEEPER_PORTS;
  return [
    'serve',
    `--config=${fileURLToPath(new URL('worst-case.yaml', import.meta.url))}`,
    `--members=${WORST_MEMBERS.join(',')}`,
    `--pod-ip=${WORST_MEMBERS[0]}`,
    '--pod-name=zk-1',
    `--ports=client=${client},quorum=${quorum},election=${election}`,
    `--listen=${WORST_MEMBERS[0]}:${WORST_PORT}`,
    '--ask=srvr,envoy,peers',
  ];
}

/** Reads the line that `live-heap.mjs` writes; `null` where the line is another. */
export function liveHeapMiB(line: string): number | null {
  const match = /^\{"liveHeapBytes":(\d+)\}$/.exec(line);
  return match === null ? null : Number(match[1]) / 2 ** 20;
}
