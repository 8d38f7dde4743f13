import type { Writable } from 'node:stream';

/** One of the standard streams, opened when something is first written to it. */
export interface Output {
  readonly write: (text: string) => void;
  /** Resolves once all is written, to what went wrong with it or `null`; never rejects. */
  written(): Promise<Error | null>;
}

/** `open` gives the stream: merely asking for `process.stdout` changes the descriptor's mode for all who share it. */
export function outputTo(open: () => Writable): Output {
  let stream: Writable | null = null;
  let last: Promise<Error | null> = Promise.resolve(null);
  return {
    write(text) {
      if (stream === null) {
        stream = open();
        // Told by the callback of the write; without a listener it would end the program.
        stream.on('error', () => {});
      }
      const to = stream;
      const earlier = last;
      const now = new Promise<Error | null>((resolve) => {
        to.write(text, (error) => resolve(error ?? null));
      });
      last = Promise.all([earlier, now]).then(([before, error]) => before ?? error);
    },
    written: () => last,
  };
}
