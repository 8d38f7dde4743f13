/** Tells whoever holds a stream open that the agent stops. */
export function whenStopped(): {
  tell(): void;
  onStop(listener: () => void): () => void;
} {
  const listeners = new Set<() => void>();
  return {
    tell() {
      for (const listener of listeners) listener();
    },
    onStop(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
