import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { reportSchema } from '../../src/model/report-schema.ts';
import { IMAGE_FLAGS } from '../image-flags.ts';
import type { Ports } from './member.ts';

export { IMAGE_FLAGS };
export const BUILT_PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What the agent says at one moment; `role` is empty where it gave no report. */
export interface Observation {
  readonly ready: boolean;
  readonly role: string;
}

export interface Agent {
  readonly url: string;
  /** Asks `/readyz` and the report; `null` while nothing answers. */
  observe(): Promise<Observation | null>;
  /** Resolves to the exit code; `null` where a signal ended it. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

export interface AgentOptions {
  /** The agent's main file: built JavaScript, or its TypeScript source. */
  readonly program: string;
  /** The members' addresses; the agent watches the first. */
  readonly addresses: readonly string[];
  readonly ports: Ports;
  /** `[HOST:]PORT` */
  readonly listen: string;
  readonly settleMs: number;
}

/** What Node is started with to run the agent beside the stand-in, the image's flags first. */
export function agentArguments(options: AgentOptions): string[] {
  const { program, addresses, ports } = options;
  return [
    ...IMAGE_FLAGS,
    ...(program.endsWith('.ts') ? ['--import', 'tsx'] : []),
    program,
    'serve',
    '--profile=zookeeper',
    `--members=${addresses.join(',')}`,
    `--pod-ip=${addresses[0]}`,
    '--pod-name=zk-1',
    `--ports=client=${ports.client},quorum=${ports.quorum},election=${ports.election}`,
    `--settle=${options.settleMs}ms`,
    `--listen=${options.listen}`,
    '--log-level=error',
  ];
}

/** Starts the agent as a process of its own; what it says on stderr is shown. */
export function startAgent(options: AgentOptions): Agent {
  const child = spawn(process.execPath, agentArguments(options), {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = exitOf(child);
  const url = `http://${options.listen}/`;
  return {
    url,
    exited,
    async observe() {
      const readyz = await ask(`${url}readyz`);
      if (readyz === null) return null;
      const report = await ask(`${url}api/v1/report`);
      return { ready: readyz.status === 200, role: roleOf(report?.body ?? '') };
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code]: unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : null;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(url: string): Promise<Answer | null> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function roleOf(body: string): string {
  try {
    return reportSchema.parse(JSON.parse(body)).role;
  } catch {
    return '';
  }
}
