/** Bytes gathered from a stranger: never more than the limit, however they are cut into pieces. */
export interface BoundedBuffer {
  /** False, and nothing kept, once the limit would be passed. */
  add(chunk: Uint8Array): boolean;
  size(): number;
  text(): string;
  /** A copy of what is held. */
  bytes(): Buffer;
}

const FIRST_BYTES = 4096;

/**
 * One buffer that doubles up to `maxBytes`. A list of the pieces would cost a sender of single
 * bytes nothing and this process a hundred bytes for each.
 */
export function boundedBuffer(maxBytes: number): BoundedBuffer {
  let held = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes));
  let used = 0;
  return {
    add(chunk) {
      const needed = used + chunk.length;
      if (needed > maxBytes) {
        held = Buffer.alloc(0);
        used = 0;
        return false;
      }
      if (needed > held.length) {
        const grown = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(needed, held.length * 2)));
        held.copy(grown, 0, 0, used);
        held = grown;
      }
      held.set(chunk, used);
      used = needed;
      return true;
    },
    size: () => used,
    text: () => held.toString('utf8', 0, used),
    bytes: () => Buffer.from(held.subarray(0, used)),
  };
}
