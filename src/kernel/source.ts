import type { ReadTiming, TableFile, TableReading } from '../proc/read.ts';
import type { KeepOptions } from '../proc/table-keeper.ts';

/** The two ways to the kernel's socket table. */
export type SourceName = 'proc' | 'netlink';

export interface SourceReading extends TableReading {
  readonly source: SourceName;
}

/** A table that was not read again, but watched. */
export interface WatchReading extends SourceReading {
  /** Whether something came, went or changed its state, so that a reading would show more. */
  readonly moved: boolean;
}

/** Where the socket table comes from. One call at a time. */
export interface SocketSource {
  /** Rejects where the table cannot be read. */
  read(
    files: readonly TableFile[],
    options: KeepOptions,
    timing: ReadTiming,
  ): Promise<SourceReading>;
  /**
   * The table of the last reading with its listeners and connections as they are now, at a cost that does not
   * grow with the host; connections that came since are missing. `null` where only a reading can tell. Never
   * rejects.
   */
  watch(timing: ReadTiming): Promise<WatchReading | null>;
}
