/** `make`, run once for each new key: all who ask while the key stays the same get the same value. */
export function keepNewest<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let kept: { readonly key: Key; readonly value: Value } | null = null;
  return (key) => {
    if (kept === null || !Object.is(kept.key, key)) kept = { key, value: make(key) };
    return kept.value;
  };
}
