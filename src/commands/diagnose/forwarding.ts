import type { Forward, Kubectl } from './kubectl.ts';

/** Why nothing can be sent to a pod, as one line. */
export interface NoWay {
  readonly refused: string;
}

/** A way to ports of one pod. */
export interface Way {
  /** The port on this machine that leads to the pod's. Never rejects. */
  to(port: number): Promise<number | NoWay>;
  /** A question got no answer, and the port-forward may have ended with it: the next gets another. */
  fail(): void;
  close(): void;
}

const OPEN_MS = 8_000;

/**
 * Opens a port-forward to all ports with the first question. kubectl ends one when the pod refuses a single
 * connection (`client-go tools/portforward`). Where none can be opened at all it is not tried again.
 */
export function wayTo(kubectl: Kubectl, pod: string, ports: readonly number[]): Way {
  let forward: Forward | NoWay | null = null;
  const close = (): void => {
    if (forward !== null && 'close' in forward) forward.close();
  };
  return {
    async to(port) {
      if (forward === null) {
        const opened = await kubectl.forward(pod, ports, OPEN_MS);
        forward = typeof opened === 'string' ? { refused: opened } : opened;
      }
      if ('refused' in forward) return forward;
      return forward.ports.get(port) ?? { refused: `port ${port} is not forwarded` };
    },
    fail() {
      close();
      if (forward !== null && 'close' in forward) forward = null;
    },
    close,
  };
}
