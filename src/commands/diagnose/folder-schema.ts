import * as z from 'zod';
import { READ_FAILURES, READ_FILES } from '../../model/collection.ts';
import {
  DELIVERY_KINDS,
  LOOPBACK_CAUSES,
  MTLS_MODES,
  SERVER_MODES,
  SRVR_FAILURES,
} from '../../model/evidence.ts';
import { LINK_STATES } from '../../model/link.ts';
import { MEMBER_ROLES, REACHES, STOP_STATES, VERDICTS } from '../../model/vocabulary.ts';
import { printable } from './printable.ts';

/** Grows when a folder of an earlier release can no longer be read. */
export const FOLDER_VERSION = 1;

/** Longer than any sentence of a cause or a remedy. */
const MOST_CHARS = 2_000;

// What a stranger may have written is cut and made fit for a terminal as it is read.
const words = z
  .string()
  .max(8_192)
  .transform((text) => printable(text, MOST_CHARS));
const lines = z.array(words).max(512);
const address = z.string().regex(/^[0-9a-fA-F:.]{2,45}$/);
/** Also the name of a folder: nothing that leads out of it. */
const podName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/);
const count = z.int().nonnegative();
const ms = z.number().nonnegative();
const port = z.int().min(0).max(65_535);

const file = z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type SavedFile = z.infer<typeof file>;

const read = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('read'),
    startMs: ms,
    endMs: ms,
    at: z.iso.datetime(),
    container: words,
    files: z.partialRecord(z.enum(READ_FILES), file),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    why: z.enum(READ_FAILURES),
    reason: words,
  }),
]);
export type SavedRead = z.infer<typeof read>;

const srvr = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('serving'),
    mode: z.enum(SERVER_MODES),
    version: words,
    zxid: words,
    outstanding: count,
    connections: count,
    nodeCount: count,
    latencyMs: z.strictObject({ min: z.number(), avg: z.number(), max: z.number() }),
    received: count,
    sent: count,
  }),
  z.strictObject({ kind: z.literal('not-serving') }),
  z.strictObject({ kind: z.literal('not-whitelisted') }),
  z.strictObject({ kind: z.literal('failed'), reason: z.enum(SRVR_FAILURES), detail: words }),
]);

const delivery = z.union([
  z.strictObject({ kind: z.literal('loopback'), address, port }),
  z.strictObject({ kind: z.literal('fixed-address'), address, port }),
  z.strictObject({ kind: z.literal('original-destination'), source: address.nullable() }),
  z.strictObject({
    kind: z.enum(DELIVERY_KINDS).extract(['unix', 'catch-all', 'not-captured', 'unknown']),
  }),
]);

const envoyPort = z.strictObject({
  delivery,
  mtls: z.enum(MTLS_MODES),
  causes: z.array(z.enum(LOOPBACK_CAUSES)).max(8),
  sidecar: z.strictObject({ namespace: words, name: words }).nullable(),
});

const envoy = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answered'),
    version: words.nullable(),
    istioVersion: words.nullable(),
    redirection: z.enum(['told', 'not-told']),
    ports: z.array(z.tuple([port, envoyPort])).max(64),
    connectFailures: z
      .array(z.strictObject({ address, port, failures: count }))
      .max(512)
      .nullable(),
    missing: lines,
    tooLong: z.array(z.enum(['listeners', 'clusters', 'peers'])).max(3),
  }),
  z.strictObject({ kind: z.literal('failed'), reason: words }),
]);

const understood = <Entry extends z.ZodType>(entry: Entry) =>
  z.strictObject({ entries: z.array(entry).max(512), isWhole: z.boolean() });

const memberReport = z.strictObject({
  schema: z.enum(['same', 'other']),
  at: words.nullable(),
  member: z.strictObject({ name: words.nullable(), addresses: z.array(words).max(64) }),
  role: z.enum(MEMBER_ROLES),
  inQuorum: z.boolean().nullable(),
  ready: z.boolean().nullable(),
  verdict: z.enum(VERDICTS),
  stopping: z.enum(STOP_STATES).nullable(),
  quorum: z.strictObject({ size: count.nullable(), votes: count.nullable() }),
  links: understood(
    z.strictObject({
      role: words,
      peer: words.nullable(),
      state: z.enum([...LINK_STATES, 'unknown']),
    }),
  ),
  peers: understood(
    z.strictObject({
      name: words,
      addresses: z.array(words).max(64),
      // Folders of earlier releases do not have it.
      reach: z.enum(REACHES).nullable().default(null),
    }),
  ),
});

const pod = z.strictObject({
  facts: z.strictObject({
    name: podName,
    addresses: z.array(address).max(8),
    node: words.nullable(),
    hostNetwork: z.boolean(),
    phase: words,
    ready: z.boolean().nullable(),
    troubles: lines,
    restarts: count,
  }),
  reads: z.tuple([read, read]),
  srvr: srvr.nullable(),
  envoy: envoy.nullable(),
  report: memberReport.nullable(),
});

const surrounding = z.strictObject({
  code: z.enum([
    'service-missing',
    'service-hides-unready',
    'names-of-no-pod',
    'service-without-member',
    'strict-mtls-without-sidecar',
    'no-disruption-budget',
    'disruption-budget-too-wide',
  ]),
  severity: z.enum(['warning', 'info']),
  headline: words,
  summary: words,
  evidence: lines,
  cause: words,
  remedy: words,
});

/** As much of it as every release writes. */
export const savedVersion = z.looseObject({ schemaVersion: z.int() });

/** What `collection.json` of a saved folder holds. */
export const savedCollection = z.strictObject({
  schemaVersion: z.literal(FOLDER_VERSION),
  at: z.iso.datetime(),
  target: words,
  namespace: words.nullable(),
  profile: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('known'), name: words, by: words }),
    z.strictObject({ kind: z.literal('unknown'), reason: words }),
  ]),
  size: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('known'), members: z.int().min(1).max(1_024), by: words }),
    z.strictObject({ kind: z.literal('unknown'), reason: words }),
  ]),
  pods: z.array(pod).min(1).max(64),
  surroundings: z.array(surrounding).max(64),
  gaps: lines,
});

export type SavedCollection = z.infer<typeof savedCollection>;
