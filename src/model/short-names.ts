/** The name that a member bears in drawings and sentences. */
export type ShortName = (name: string) => string;

/**
 * Names without what they have in common: `zk-0` for `zk-0.zk.prod.svc` where no other member has that
 * first label. Addresses stay as they are.
 */
export function shortNames(names: readonly string[]): ShortName {
  const counts = new Map<string, number>();
  for (const name of new Set(names)) {
    const short = firstLabel(name);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  return (name) => {
    const short = firstLabel(name);
    return (counts.get(short) ?? 0) > 1 ? name : short;
  };
}

/** A host's first label; an address, or what is no host name, as it is. */
export function firstLabel(name: string): string {
  const isName =
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name) && /[a-z]/i.test(name.split('.')[0] ?? '');
  return isName ? (name.split('.')[0] ?? name) : name;
}
