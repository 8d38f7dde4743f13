import type { Seen, SurroundingsWatch } from '../agent/surroundings.ts';
import { watchInterfaces } from '../evidence/interfaces.ts';
import type { ScanError } from '../model/agent-view.ts';
import type { AskedEvidence, AskedMember } from '../model/asked.ts';
import type { ServeCommand } from '../model/settings.ts';
import type { Address } from '../model/socket.ts';
import { askAsTold, isVoter, observersOf, otherMembers } from './ask.ts';
import { keepUp } from './upkeep.ts';

export interface SurroundingsEdges {
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  /** Is told what could not be read or looked up. */
  readonly onTrouble: (error: ScanError, what: string, reason: string) => void;
  /** Is told of a fault of the probe itself. */
  readonly onFault: (error: unknown) => void;
  /** Is told how many more of the proxy's connects to an address have failed. */
  readonly onFailedConnects: (address: Address, more: number) => void;
}

/** What is watched beside the pod's sockets: members, names, interfaces, and what was asked. */
export interface WatchedSurroundings extends SurroundingsWatch {
  asked(): AskedEvidence;
  otherMembers(): AskedMember[];
  /** Names of the members without a vote. */
  observers(): ReadonlySet<string>;
  /** Whether this member has a vote. */
  isVoter(): boolean;
  /** Begins to look up names, and to read the members file again. */
  start(): void;
  /** Begins to ask what `--ask` opted into; the members' probes listen on `probePort`. */
  startAsking(probePort: number): void;
  stop(): void;
}

/** Rejects where the members file cannot be understood at the start. */
export async function watchSurroundings(
  command: ServeCommand,
  { clock, onTrouble, onFault, onFailedConnects }: SurroundingsEdges,
): Promise<WatchedSurroundings> {
  const { podName } = command.judge;
  let last: Seen | null = null;
  const interfaces = watchInterfaces(command.procRoot);
  const upkeep = await keepUp(command, interfaces, clock, onTrouble);
  const known = () => ({
    ensemble: upkeep.ensemble(),
    names: upkeep.names(),
    podAddresses: command.podAddresses ?? interfaces.addresses(),
  });
  const asking = await askAsTold(command, clock, {
    ensemble: upkeep.ensemble,
    otherMembers: () => otherMembers(podName, known()),
    // Until a scan has shown that there is none, a proxy may be there.
    behindProxy: () => last === null || last.report.mesh.kind !== 'none',
    failuresMatter: () => last !== null && failuresMatter(last),
    onFault,
    onPeerClient: (reason) =>
      onTrouble('web-config-unreadable', 'peer client configuration', reason),
    onFailedConnects,
  });
  return {
    now: () => ({
      ...known(),
      interfaces: interfaces.interfaces(),
      asked: asking.evidence(),
      certificate: upkeep.certificate(),
    }),
    revision: asking.revision,
    saw(seen) {
      if (seen.strangers.length > 0) upkeep.refreshNames();
      if (last !== null && last.report.role !== seen.report.role) asking.roleChanged();
      last = seen;
    },
    asked: asking.evidence,
    otherMembers: () => otherMembers(podName, known()),
    observers: () => observersOf(podName, known()),
    isVoter: () => isVoter(podName, known()),
    start: () => upkeep.start(() => last === null || isWaiting(last)),
    startAsking: asking.start,
    stop() {
      asking.stop();
      upkeep.stop();
    },
  };
}

/** Whether a mesh proxy's failed connects may explain what was seen. */
function failuresMatter({ report: { inQuorum, mesh }, unattributed }: Seen): boolean {
  return unattributed || (inQuorum === false && mesh.kind !== 'none');
}

/** Whether names are looked up often: who is ready by the bootstrap rule waits for its peers all the same. */
function isWaiting({ report: { ready, inQuorum } }: Seen): boolean {
  return !ready || inQuorum !== true;
}
