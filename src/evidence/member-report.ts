import * as z from 'zod';
import type { MemberReport } from '../model/evidence.ts';
import { MEMBER_ROLES, VERDICTS } from '../model/vocabulary.ts';

/** Host names have up to 253 characters; no more of a stranger's text is repeated anywhere. */
const name = z
  .string()
  .max(253)
  .regex(/^\P{Cc}*$/u);
const address = z
  .string()
  .max(64)
  .regex(/^\P{Cc}*$/u);
/** When it was made, by the peer's own clock: told apart, never compared with a time of ours. */
const time = z.iso.datetime();
const votes = z.int().nonnegative().nullable();

/**
 * Of a report, what the members' picture is made from. A newer probe's report has further fields, and
 * during a roll-out both versions ask each other: what is not needed here is neither wanted nor kept.
 */
const memberReport = z.object({
  schemaVersion: z.literal(1),
  at: time,
  member: z.object({ name, addresses: z.array(address) }),
  role: z.enum(MEMBER_ROLES),
  inQuorum: z.boolean().nullable(),
  ready: z.boolean(),
  verdict: z.enum(VERDICTS),
  quorum: z.object({ size: votes, votes }),
  links: z.array(
    z.object({
      role: name,
      peer: name.nullable(),
      state: z.enum(['up', 'connecting', 'stalled', 'closing']),
    }),
  ),
  peers: z.array(z.object({ name, addresses: z.array(address) })),
});

export type ReadMemberReport =
  | { readonly kind: 'report'; readonly report: MemberReport }
  /** `where` is the first field at fault. */
  | { readonly kind: 'none'; readonly where: string };

/** Reads what another member's probe says of itself. */
export function readMemberReport(value: unknown): ReadMemberReport {
  const parsed = memberReport.safeParse(value);
  if (parsed.success) return { kind: 'report', report: parsed.data };
  return { kind: 'none', where: parsed.error.issues[0]?.path.map(String).join('.') ?? '' };
}
