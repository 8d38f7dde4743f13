import { SERVER_LIMITS } from '../evidence/limits.ts';
import type { askSrvr } from '../evidence/srvr.ts';
import type { Asked } from '../model/asked.ts';
import type { SrvrAnswer } from '../model/evidence.ts';

export interface ServerAskingEdges {
  readonly clock: () => number;
  readonly question: typeof askSrvr;
  /** The clients' port, which answers. */
  readonly port: number;
  readonly take: (asked: Asked<SrvrAnswer>) => void;
}

export interface ServerAsking {
  /** Asks once; at once resolved while another answer is due. */
  ask(): Promise<void>;
  /** Asks now, and once more where an answer is under way, which may be of the time before. */
  askAnew(): void;
  stop(): void;
}

/** Asks the server for its state, never while an answer of its is due. */
export function createServerAsking({
  clock,
  question,
  port,
  take,
}: ServerAskingEdges): ServerAsking {
  let underWay = false;
  let again = false;
  let stopped = false;

  async function ask(): Promise<void> {
    if (underWay) return;
    underWay = true;
    do {
      again = false;
      const answer = await question({ host: '127.0.0.1', port, ...SERVER_LIMITS });
      take({ answer, atMs: clock() });
    } while (again && !stopped);
    underWay = false;
  }

  return {
    ask,
    askAnew() {
      again = underWay;
      void ask();
    },
    stop() {
      stopped = true;
    },
  };
}
