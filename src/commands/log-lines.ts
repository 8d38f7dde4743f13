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
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let writing = false;
  let waitMs = FIRST_WAIT_MS;
  let dropped = 0;
  let told = 0;
  let retry: NodeJS.Timeout | null = null;
  let onEmpty: (() => void) | null = null;

  function next(): void {
    if (retry !== null) clearTimeout(retry);
    retry = null;
    if (writing) return;
    if (waiting.length === 0) {
      onEmpty?.();
      return;
    }
    writing = true;
    const piece = takeWhole(waiting);
    write(fd, piece, 0, piece.length, null, (error, written) => {
      writing = false;
      if (error === null) wrote(written);
      else failed(error);
    });
  }

  function wrote(bytes: number): void {
    waiting = without(waiting, bytes);
    waitingBytes -= bytes;
    waitMs = FIRST_WAIT_MS;
    if (waiting.length === 0 && dropped > told) {
      const untold = dropped - told;
      told = dropped;
      onRoom(untold);
    }
    next();
  }

  function failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') {
      // Nobody will ever read these; later lines are tried all the same, as a named pipe may be opened again.
      dropped += waiting.length;
      waiting = [];
      waitingBytes = 0;
      next();
      return;
    }
    retry = setTimeout(next, waitMs).unref();
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (waitingBytes + bytes.length > mostBytes) {
        dropped += 1;
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (retry === null) next();
    },
    dropped: () => dropped,
    flush(limitMs) {
      return new Promise((resolve) => {
        const limit = setTimeout(resolve, limitMs);
        onEmpty = () => {
          clearTimeout(limit);
          resolve();
        };
        waitMs = FIRST_WAIT_MS;
        next();
      });
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
