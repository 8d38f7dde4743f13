import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A pipe of the kernel, which `child_process` does not give: its own are sockets. */
export interface Pipe {
  readonly path: string;
  /** An end for a program to inherit, on which a write waits while the pipe is full. */
  readonly writeEnd: number;
  /** Fills it to the last byte, with text that holds no line. */
  fill(): void;
  /** All that can be read now. */
  read(): string;
  /** Ends reading for good: who writes gets EPIPE. */
  closeReader(): void;
}

export function makeFifo(path: string): void {
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
}

export function makePipe(t: TestContext): Pipe {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-pipe-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'pipe');
  makeFifo(path);
  // Both ends in one, so that opening the other end does not wait.
  const own = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const writeEnd = openSync(path, 'w');
  t.after(() => closeSync(writeEnd));
  let isOpen = true;
  const closeReader = (): void => {
    if (isOpen) closeSync(own);
    isOpen = false;
  };
  t.after(closeReader);
  const untilItWouldWait = (step: () => void): void => {
    try {
      for (;;) step();
    } catch (error) {
      assert.ok(
        error instanceof Error && 'code' in error && error.code === 'EAGAIN',
        String(error),
      );
    }
  };
  return {
    path,
    writeEnd,
    fill() {
      const page = Buffer.alloc(4096, '.');
      untilItWouldWait(() => writeSync(own, page));
      untilItWouldWait(() => writeSync(own, '.'));
    },
    read() {
      const chunks: Buffer[] = [];
      untilItWouldWait(() => {
        const chunk = Buffer.alloc(65_536);
        const length = readSync(own, chunk);
        chunks.push(chunk.subarray(0, length));
      });
      return Buffer.concat(chunks).toString();
    },
    closeReader,
  };
}
