import { coversConnections, coversListener } from '../../model/coverage.ts';
import type { Folded } from '../../model/link.ts';
import type { PortSpec } from '../../model/profile.ts';
import type { Unseen } from './membership.ts';

/** Whether a port of the role listens; `not-seen` where the listeners of its ports were not all read. */
export type Listening = 'open' | 'closed' | 'not-seen';

/** A listener that was not read is proven by a connection that came in on its port. */
export function listeningOf(folded: Folded, { role, ports }: PortSpec): Listening {
  if (isListening(folded, role)) return 'open';
  const seen = ports.every((port) => coversListener(folded.coverage, port));
  return seen ? 'closed' : 'not-seen';
}

export function isListening({ listeners, provenRoles }: Folded, role: string): boolean {
  return provenRoles.has(role) || listeners.some((listener) => listener.role === role);
}

/** Whether every connection of the role's ports was read, so that one that is not there is absent. */
export function seesConnections({ coverage }: Folded, { ports }: PortSpec): boolean {
  return ports.every((port) => coversConnections(coverage, port));
}

/** What it is called that something was not read. */
export function unseenBy({ coverage }: Folded): Unseen {
  return coverage.kind === 'truncated' ? 'truncated' : 'not-listed';
}
