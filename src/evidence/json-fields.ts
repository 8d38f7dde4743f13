/**
 * The field of a protobuf message printed as JSON, in either of its spellings: Envoy prints
 * `socket_address`, `istioctl` prints `socketAddress`. `undefined` where there is none.
 */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => own(inner, name) ?? own(inner, camel(name)), value);
}

export function textField(value: unknown, ...path: readonly string[]): string | null {
  const found = field(value, ...path);
  return typeof found === 'string' ? found : null;
}

/** 64-bit integers are strings in protobuf's JSON. */
export function countField(value: unknown, ...path: readonly string[]): number | null {
  const found = field(value, ...path);
  const count = typeof found === 'string' && /^\d{1,15}$/.test(found) ? Number(found) : found;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

export function listField(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/**
 * The only list of a message; `null` where the value is not such a message. Protobuf's JSON leaves out
 * a list without entries, so that an answer of which nothing was left by a filter is `{}`.
 */
export function onlyList(value: unknown, name: string): readonly unknown[] | null {
  const found = field(value, name);
  if (Array.isArray(found)) return found;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return isEmpty && !Array.isArray(value) ? [] : null;
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
