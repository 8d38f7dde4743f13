import { parseArgs } from 'node:util';
import { BUILT_PROGRAM } from './agent.ts';
import type { Ports } from './member.ts';

export const HELP = `npm run demo -- [options]
  --once               one leader loss and recovery; exit 0 if readiness changed as it must, else 1
  --ports LIST         client=PORT,quorum=PORT,election=PORT instead of ZooKeeper's
  --listen-port PORT   the agent's port on 127.0.0.1 (4888, or another if that is taken)
  --program FILE       the agent's main file (dist/main.js)
  --help               this text`;

export interface DemoOptions {
  readonly help: boolean;
  readonly once: boolean;
  /** `null`: ZooKeeper's, or others where those are taken. */
  readonly ports: Ports | null;
  readonly listenPort: number;
  readonly program: string;
}

/** Throws an error fit to be shown where an option is unknown or makes no sense. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      ports: { type: 'string' },
      'listen-port': { type: 'string', default: '4888' },
      program: { type: 'string', default: BUILT_PROGRAM },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    help: values.help,
    once: values.once,
    ports: values.ports === undefined ? null : parsePorts(values.ports),
    listenPort: parsePort(values['listen-port']),
    program: values.program,
  };
}

function parsePorts(text: string): Ports {
  const given = new Map(text.split(',').map(splitPair));
  const client = given.get('client');
  const quorum = given.get('quorum');
  const election = given.get('election');
  if (
    client === undefined ||
    quorum === undefined ||
    election === undefined ||
    new Set(given.values()).size !== 3
  ) {
    throw new Error(`--ports wants client=PORT,quorum=PORT,election=PORT, not "${text}"`);
  }
  return {
    client: parsePort(client),
    quorum: parsePort(quorum),
    election: parsePort(election),
  };
}

function splitPair(part: string): [string, string] {
  const [role = '', port = ''] = part.split('=');
  return [role, port];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`"${text}" is no port: give a number from 1 to 65535`);
  }
  return port;
}
