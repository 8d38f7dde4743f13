import { stat } from 'node:fs/promises';

/** What a settings file and the files that it names come to. */
export interface ReadFile<Value> {
  readonly value: Value;
  /** The paths of the files that it names. */
  readonly files: readonly string[];
}

/** A settings file that is read again when it changes, or a file that it names does. */
export interface FollowedFile<Value> {
  value(): Value;
  /** Reads again what changed; the last good one stays in force where it cannot be understood. Never rejects. */
  poll(): Promise<void>;
}

/** Reads a file, and follows it. Rejects at the start where it cannot be read or understood. */
export async function followFile<Value>(
  path: string,
  read: () => Promise<ReadFile<Value>>,
  on: {
    readonly change: (value: Value) => void;
    /** Is told why a change is not followed, once for each state of the files. */
    readonly trouble: (reason: string) => void;
  },
): Promise<FollowedFile<Value>> {
  let { value, files } = await read();
  let seen = await stampOf([path, ...files]);
  let underWay = false;

  async function round(): Promise<void> {
    const stamp = await stampOf([path, ...files]);
    if (stamp === seen) return;
    seen = stamp;
    try {
      const next = await read();
      ({ value, files } = next);
      seen = await stampOf([path, ...files]);
      on.change(value);
    } catch (error) {
      on.trouble(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    value: () => value,
    async poll() {
      if (underWay) return;
      underWay = true;
      await round();
      underWay = false;
    },
  };
}

/** Changes whenever one of the files does; links, such as those of a mounted Secret, are followed. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`,
        () => 'unreadable',
      ),
    ),
  );
  return stamps.join(', ');
}
