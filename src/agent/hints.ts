import type { Hints } from '../proc/read.ts';

/** The probe's own HTTP connections, which move the same counters as everybody's. */
export interface OwnConnections {
  readonly accepted: number;
  readonly open: number;
  /** When one was last opened or closed, by the agent's clock; `null` before the first. */
  readonly lastActivityAtMs: number | null;
}

/** Numbers that move when the pod's socket table does, the probe's own connections taken out. */
export type Signature = readonly (number | null)[];

export function signatureOf({ inUse, inUse6, counters }: Hints, own: OwnConnections): Signature {
  const sockets = inUse === null && inUse6 === null ? null : (inUse ?? 0) + (inUse6 ?? 0);
  return [
    minus(sockets, own.open),
    minus(counters.currEstab, own.open),
    minus(counters.passiveOpens, own.accepted),
    counters.activeOpens,
    counters.attemptFails,
    counters.estabResets,
    counters.retransSegs,
    counters.outRsts,
  ];
}

export function sameSignature(a: Signature, b: Signature): boolean {
  return a.every((value, at) => value === b[at]);
}

/** Where no counter can be read there are no hints, and every moment may have brought a change. */
export function isBlind(signature: Signature): boolean {
  return signature.every((value) => value === null);
}

function minus(value: number | null, own: number): number | null {
  return value === null ? null : value - own;
}
