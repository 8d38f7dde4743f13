import { agentArguments, BUILT_PROGRAM } from '../demo/agent.ts';
import { ZOOKEEPER_PORTS } from '../demo/stand-in.ts';
import { type Namespace, openNamespace } from './network.ts';
import { ownProgram, startProgram } from './program.ts';

export const MEMBERS = ['127.0.0.11', '127.0.0.12', '127.0.0.13'];
/** IPv4-mapped, so that their sockets are rows of tcp6 alone, as those of a default JVM are. */
export const ENSEMBLE = MEMBERS.map((address) => `::ffff:${address}`);
export const PORT = 4888;

/** A namespace with a quiet ensemble and the process that is measured. */
export interface Pod {
  readonly namespace: Namespace;
  /** The measured process. */
  readonly pid: number;
  /** The next line that the measured process says; rejects when it ended instead. */
  nextLine(): Promise<string>;
  close(): Promise<void>;
}

/** `program` is one of the bench that says a line once the ensemble stands. */
export async function openPod(
  command: readonly string[],
  program = ownProgram('ensemble.ts'),
): Promise<Pod> {
  const namespace = await openNamespace();
  const ensemble = startProgram(namespace.inside(program));
  await ensemble.nextLine();
  const measured = startProgram(namespace.inside(command));
  return {
    namespace,
    pid: measured.pid,
    nextLine: measured.nextLine,
    async close() {
      await measured.stop();
      await ensemble.stop();
      await namespace.close();
    },
  };
}

/** The built agent watching the pod's ensemble, on a given Node. */
export function agentCommand(node: string, program = BUILT_PROGRAM): string[] {
  const options = { program, addresses: MEMBERS, ports: ZOOKEEPER_PORTS };
  return [node, ...agentArguments({ ...options, listen: `${PORT}`, settleMs: 1_000 })];
}
