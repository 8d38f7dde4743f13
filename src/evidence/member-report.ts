import type { MemberReport, Understood } from '../model/evidence.ts';
import { LINK_STATES } from '../model/link.ts';
import {
  MEMBER_ROLES,
  REACHES,
  SCHEMA_VERSION,
  STOP_STATES,
  VERDICTS,
} from '../model/vocabulary.ts';

/** Host names have up to 253 characters; no more of a stranger's text is repeated anywhere. */
const NAME_LENGTH = 253;
const ADDRESS_LENGTH = 64;
const TIME_LENGTH = 64;
const PRINTABLE = /^\P{Cc}*$/u;

export type ReadMemberReport =
  | { readonly kind: 'report'; readonly report: MemberReport }
  /** The report of a probe, of which not one field is understood. */
  | { readonly kind: 'not-understood' }
  /** Not what a probe answers. */
  | { readonly kind: 'none' };

/**
 * Reads what another member's probe reports. During a roll-out probes of two releases ask each other:
 * each field is read by itself, and one that is missing, of another shape or a new word is unknown.
 */
export function readMemberReport(value: unknown): ReadMemberReport {
  const version = countIn(value, 'schemaVersion');
  if (version === null) return { kind: 'none' };
  const schema = version === SCHEMA_VERSION ? 'same' : 'other';
  const report: MemberReport = {
    schema,
    at: textIn(value, 'at', TIME_LENGTH),
    member: {
      name: textIn(fieldOf(value, 'member'), 'name', NAME_LENGTH),
      addresses: addressesIn(fieldOf(value, 'member')),
    },
    role: wordIn(value, 'role', MEMBER_ROLES) ?? 'unknown',
    inQuorum: flagIn(value, 'inQuorum'),
    ready: flagIn(value, 'ready'),
    verdict: wordIn(value, 'verdict', VERDICTS) ?? 'unknown',
    stopping: wordIn(fieldOf(value, 'stopping'), 'state', STOP_STATES),
    quorum: {
      size: countIn(fieldOf(value, 'quorum'), 'size'),
      votes: countIn(fieldOf(value, 'quorum'), 'votes'),
    },
    links: understood(fieldOf(value, 'links'), schema, linkOf),
    peers: understood(fieldOf(value, 'peers'), schema, peerOf),
  };
  return saysSomething(report) ? { kind: 'report', report } : { kind: 'not-understood' };
}

function saysSomething({ role, inQuorum, ready, verdict, links, peers }: MemberReport): boolean {
  return (
    role !== 'unknown' ||
    inQuorum !== null ||
    ready !== null ||
    verdict !== 'unknown' ||
    links.entries.length > 0 ||
    peers.entries.length > 0
  );
}

/** The entries that can be read; of another schema a list may leave out what ours would hold. */
function understood<Entry>(
  value: unknown,
  schema: MemberReport['schema'],
  read: (value: unknown) => Entry | null,
): Understood<Entry> {
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  const entries = given.map(read).filter((entry) => entry !== null);
  const isWhole = schema === 'same' && Array.isArray(value) && entries.length === given.length;
  return { entries, isWhole };
}

function linkOf(value: unknown): MemberReport['links']['entries'][number] | null {
  const role = textIn(value, 'role', NAME_LENGTH);
  if (role === null) return null;
  const state = wordIn(value, 'state', LINK_STATES) ?? 'unknown';
  return { role, peer: textIn(value, 'peer', NAME_LENGTH), state };
}

function peerOf(value: unknown): MemberReport['peers']['entries'][number] | null {
  const name = textIn(value, 'name', NAME_LENGTH);
  return name === null
    ? null
    : { name, addresses: addressesIn(value), reach: wordIn(value, 'reach', REACHES) };
}

function addressesIn(value: unknown): string[] {
  const given = fieldOf(value, 'addresses');
  if (!Array.isArray(given)) return [];
  return given
    .map((address: unknown) => plainText(address, ADDRESS_LENGTH))
    .filter((address) => address !== null);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function textIn(value: unknown, name: string, longest: number): string | null {
  return plainText(fieldOf(value, name), longest);
}

function plainText(value: unknown, longest: number): string | null {
  return typeof value === 'string' && value.length <= longest && PRINTABLE.test(value)
    ? value
    : null;
}

function countIn(value: unknown, name: string): number | null {
  const found = fieldOf(value, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
}

function flagIn(value: unknown, name: string): boolean | null {
  const found = fieldOf(value, name);
  return typeof found === 'boolean' ? found : null;
}

function wordIn<Word extends string>(
  value: unknown,
  name: string,
  words: readonly Word[],
): Word | null {
  const found = fieldOf(value, name);
  return words.find((word) => word === found) ?? null;
}
