import type { Address } from './socket.ts';

/** What the resolver last said of a member's name. Times are of the agent's steady clock. */
export type NameAnswer =
  | { readonly kind: 'published'; readonly addresses: readonly Address[]; readonly atMs: number }
  /** ENOTFOUND: the name has no address. The addresses it had before are kept. */
  | {
      readonly kind: 'unpublished';
      readonly addresses: readonly Address[];
      readonly atMs: number;
      readonly sinceMs: number;
    }
  /** Any other failure: says nothing of the name. */
  | {
      readonly kind: 'failed';
      readonly addresses: readonly Address[];
      readonly atMs: number;
      readonly reason: string;
    };

/** Answers by member name; a name without an entry has not been looked up yet. */
export type Names = ReadonlyMap<string, NameAnswer>;
