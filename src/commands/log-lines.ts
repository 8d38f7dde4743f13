import { constants, fstatSync, openSync, write } from 'node:fs';

/** Waits while the descriptor takes nothing: doubled each time, so that a pipe that nobody reads costs nothing. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;

/** The most that a pipe takes whole or not at all (`PIPE_BUF`, pipe(7)): lines of others never get into ours. */
const WHOLE_BYTES = 4_096;

/** Lines on their way to a descriptor, in a buffer that has a bound. */
export interface LogLines {
  /** Takes one line with its end; drops it where the buffer is full. Never waits, never throws. */
  write(line: string): void;
  /** Lines that were dropped since the start. */
  dropped(): number;
  /** Resolves when all is written, at the latest after `limitMs`. */
  flush(limitMs: number): Promise<void>;
}

/**
 * Writes lines to `fd` one piece at a time. Not pino's own destination, which at the exit writes in the
 * event loop's own time, and waits for ever where a pipe is full. `onRoom` is told how many lines were
 * dropped, once lines can be written again.
 */
export function logLines(
  fd: number,
  mostBytes: number,
  onRoom: (dropped: number) => void,
): LogLines {
  const queue = lineQueue(mostBytes);
  const later = createRetry(next);
  let writing = false;
  let onEmpty = (): void => {};

  function next(): void {
    later.cancel();
    if (writing) return;
    if (queue.isEmpty()) {
      onEmpty();
      return;
    }
    writing = true;
    const piece = queue.piece();
    write(fd, piece, 0, piece.length, null, (error, written) => {
      writing = false;
      if (error === null) wrote(written);
      else failed(error);
    });
  }

  function wrote(bytes: number): void {
    queue.wrote(bytes);
    later.soon();
    const dropped = queue.isEmpty() ? queue.newlyDropped() : 0;
    if (dropped > 0) onRoom(dropped);
    next();
  }

  function failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') {
      queue.dropAll();
      next();
      return;
    }
    later.wait();
  }

  return {
    write(line) {
      if (queue.add(line) && !later.waits()) next();
    },
    dropped: queue.dropped,
    flush: (limitMs) =>
      new Promise((resolve) => {
        const limit = setTimeout(resolve, limitMs);
        onEmpty = () => {
          clearTimeout(limit);
          resolve();
        };
        later.soon();
        next();
      }),
  };
}

/** Calls `again` after a wait that doubles each time, until `soon` makes it short again. */
function createRetry(again: () => void) {
  let waitMs = FIRST_WAIT_MS;
  let timer: NodeJS.Timeout | null = null;
  return {
    waits: () => timer !== null,
    soon(): void {
      waitMs = FIRST_WAIT_MS;
    },
    wait(): void {
      timer = setTimeout(again, waitMs).unref();
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    },
    cancel(): void {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** The lines that wait to be written, at most `mostBytes` of them, and the count of those dropped. */
function lineQueue(mostBytes: number) {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let reported = 0;
  return {
    isEmpty: () => waiting.length === 0,
    dropped: () => dropped,
    /** False where there is no room, and the line is dropped. */
    add(line: string): boolean {
      const bytes = Buffer.from(line);
      if (waitingBytes + bytes.length > mostBytes) {
        dropped += 1;
        return false;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      return true;
    },
    /** What to write next. */
    piece: () => takeWhole(waiting),
    wrote(bytes: number): void {
      waiting = without(waiting, bytes);
      waitingBytes -= bytes;
    },
    /** Where nobody will ever read these; later lines are tried all the same, as a named pipe may be opened again. */
    dropAll(): void {
      dropped += waiting.length;
      waiting = [];
      waitingBytes = 0;
    },
    /** Lines that were dropped since this was last asked. */
    newlyDropped(): number {
      const since = dropped - reported;
      reported = dropped;
      return since;
    },
  };
}

/** As many of the lines as are written whole; of a longer line its beginning. */
function takeWhole(lines: readonly Buffer[]): Buffer {
  let bytes = 0;
  const taken: Buffer[] = [];
  for (const line of lines) {
    if (bytes + line.length > WHOLE_BYTES) break;
    taken.push(line);
    bytes += line.length;
  }
  const [first = Buffer.alloc(0)] = lines;
  return taken.length === 0 ? first.subarray(0, WHOLE_BYTES) : Buffer.concat(taken);
}

/** What is left of the lines after their first bytes were written. */
function without(lines: readonly Buffer[], writtenBytes: number): Buffer[] {
  let left = writtenBytes;
  const rest: Buffer[] = [];
  for (const line of lines) {
    const gone = Math.min(left, line.length);
    left -= gone;
    if (gone < line.length) rest.push(gone === 0 ? line : line.subarray(gone));
  }
  return rest;
}

/**
 * A descriptor to standard output on which a write never waits. A pipe or terminal is opened anew: the
 * mode belongs to what all processes share that inherited it, any of which may set it back. Where that
 * is not possible (a socket, another user's pipe), Node's own stream switches the shared mode. Writes to
 * a regular file go on as they are, in a thread of the pool.
 */
export function openLogOutput(): number {
  try {
    const output = fstatSync(1);
    if (output.isFile()) return 1;
    if (output.isFIFO() || output.isCharacterDevice()) {
      const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
      return openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY);
    }
  } catch {
    // Not ours to open, or without a reader; or there is no /proc.
  }
  process.stdout.on('error', () => {});
  return 1;
}
