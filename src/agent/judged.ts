import type { Assessment } from '../assess/assess.ts';
import type { ScanReason } from '../model/agent-view.ts';

/** A scan that was made and judged. */
export interface Judged {
  readonly reason: ScanReason;
  readonly endedMs: number;
  /** CPU time of reading and judging. */
  readonly cpuMs: number;
  /** Whether another scan must confirm it. */
  readonly doubtful: boolean;
  /** Whether bytes waited on ports of clients. */
  readonly clientsWait: boolean;
}

/** The same, with what was made of it, for the pace of the next. */
export interface JudgedScan {
  readonly judged: Judged;
  readonly assessment: Assessment;
}

/** A tick that was made. */
export interface MadeTick {
  readonly endedMs: number;
  readonly cpuMs: number;
  /** Whether a scan would show more. */
  readonly moved: boolean;
  /** Whether all is well and nothing has changed for long. */
  readonly isCalm: boolean;
  /** `null` where it showed nothing worth judging. */
  readonly scan: JudgedScan | null;
}
