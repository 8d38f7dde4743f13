import { type Asking, createAsking } from '../agent/asking.ts';
import { resolveMembers } from '../assess/members.ts';
import { knock } from '../evidence/knock.ts';
import type { AskedMember } from '../model/asked.ts';
import type { Names } from '../model/names.ts';
import type { Ensemble, ServeCommand } from '../model/settings.ts';
import type { Address } from '../model/socket.ts';

/** What tells whom to ask. */
export interface AskedOf {
  readonly ensemble: () => Ensemble;
  readonly names: () => Names;
  readonly podAddresses: () => readonly Address[] | null;
  readonly probePort: number;
  readonly behindProxy: () => boolean;
  readonly onFault: (error: unknown) => void;
}

/** The asking that `--ask` opted into; a source's code is loaded only where it is asked. */
export async function askAsTold(
  { ask, judge }: ServeCommand,
  clock: () => number,
  of: AskedOf,
): Promise<Asking> {
  const { ports } = judge.profile;
  const clientPort = ports.find(({ links }) => links === 'clients')?.ports[0] ?? 0;
  return createAsking({
    clock,
    onFault: of.onFault,
    schedule: (work, afterMs) => void setTimeout(work, afterMs).unref(),
    srvr: ask.includes('srvr') ? (await import('../evidence/srvr.ts')).askSrvr : null,
    envoy: ask.includes('envoy') ? (await import('../evidence/envoy-admin.ts')).askEnvoy : null,
    peers: ask.includes('peers') ? (await import('../evidence/peers.ts')).askPeers : null,
    // Behind a mesh the local proxy accepts for everybody: an open connection proves nothing there.
    knock: async (...where) => !of.behindProxy() && (await knock(...where)),
    clientPort,
    watchedPorts: ports.flatMap((spec) => spec.ports),
    members: () => otherMembers(judge.podName, of),
    probePort: of.probePort,
  });
}

/** Only configured members are ever asked. */
export function otherMembers(
  podName: string,
  of: Omit<AskedOf, 'probePort' | 'behindProxy' | 'onFault'>,
): AskedMember[] {
  const own = of.podAddresses() ?? [];
  return resolveMembers(of.ensemble(), of.names(), podName, own)
    .filter(({ self }) => !self)
    .map(({ name, addresses, observer }) => ({ name, addresses, voter: !observer }));
}
