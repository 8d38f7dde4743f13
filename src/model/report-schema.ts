import * as z from 'zod';
import { MTLS_MODES, SERVER_MODES } from './evidence.ts';
import { MESH_INBOUND, MESH_KINDS } from './link.ts';
import {
  CHECK_STATUSES,
  COUNTERS,
  MEMBER_ROLES,
  PEER_STATUSES,
  SEVERITIES,
  VERDICTS,
} from './vocabulary.ts';

const count = z.int().nonnegative();
const nullableCount = count.nullable();

const check = z.strictObject({
  name: z.string().meta({ description: 'One of the closed list, such as `quorum-link`.' }),
  status: z.enum(CHECK_STATUSES),
  reason: z.string().meta({ description: 'What was expected and what was seen.' }),
});

const finding = z.strictObject({
  code: z.string().meta({ description: 'Stable name; the runbook has a section of that name.' }),
  severity: z.enum(SEVERITIES),
  certainty: z.enum(['suspected', 'confirmed']),
  summary: z.string().meta({ description: 'One sentence that names the addresses.' }),
  evidence: z
    .array(z.string())
    .meta({ description: 'What it rests on: socket rows as `ss` would print them, or counters.' }),
  cause: z.string(),
  remedy: z.string(),
});

const port = z.strictObject({
  port: count,
  role: z.string(),
  listener: z
    .strictObject({
      reach: z.enum(['wildcard', 'pod', 'loopback']),
      addresses: z.array(z.string()),
      acceptQueue: count.meta({ description: 'Connections not yet accepted.' }),
    })
    .nullable(),
  links: z.strictObject({
    inbound: count.meta({ description: 'ESTABLISHED links, stalled ones included.' }),
    outbound: count.meta({ description: 'ESTABLISHED links, stalled ones included.' }),
    stalled: count,
    connecting: count,
    expected: nullableCount.meta({
      description: 'Links a healthy member of this role holds; null where the rows cannot tell.',
    }),
  }),
  unreadBytes: count,
  unackedBytes: count,
  states: z
    .record(z.string(), count)
    .meta({ description: 'Socket rows by lower-case kernel state.' }),
});

const link = z.strictObject({
  role: z.string(),
  port: count,
  direction: z.enum(['inbound', 'outbound']),
  peer: z
    .string()
    .nullable()
    .meta({ description: 'Member name or address; null where a mesh proxy hides it.' }),
  state: z.enum(['up', 'connecting', 'stalled', 'closing']),
  unackedBytes: count,
  stalledMs: z.number().nonnegative().nullable(),
});

const peer = z.strictObject({
  name: z.string(),
  addresses: z.array(z.string()),
  status: z.enum(PEER_STATUSES),
});

const networkInterface = z.strictObject({
  name: z.string(),
  addresses: z.array(z.string()),
  mtu: nullableCount,
  state: z.string().meta({ description: 'Operational state, `unknown` where it cannot be told.' }),
  receive: z.strictObject({ bytes: count, errors: count, drops: count }),
  transmit: z.strictObject({ bytes: count, errors: count, drops: count }),
});

const server = z
  .strictObject({
    state: z.enum(['serving', 'not-serving', 'not-whitelisted', 'failed']),
    detail: z.string().meta({ description: 'Why there is no answer; empty where there is one.' }),
    mode: z.enum(SERVER_MODES).nullable(),
    version: z.string().nullable(),
    zxid: z.string().nullable(),
    outstanding: nullableCount,
    connections: nullableCount,
    latencyMs: z.strictObject({ min: z.number(), avg: z.number(), max: z.number() }).nullable(),
  })
  .meta({ description: "ZooKeeper's own word, `srvr` on the client port." });

const proxy = z
  .strictObject({
    state: z.enum(['answered', 'failed']),
    detail: z.string(),
    version: z.string().nullable(),
    ports: z.array(
      z.strictObject({
        port: count,
        delivery: z.enum([
          'loopback',
          'original-destination',
          'fixed-address',
          'catch-all',
          'unknown',
        ]),
        mtls: z.enum(MTLS_MODES),
      }),
    ),
    connectFailures: z.array(z.strictObject({ address: z.string(), port: count, failures: count })),
  })
  .meta({ description: "The mesh proxy's own word, its admin on 127.0.0.1." });

const askedPeer = z.strictObject({
  name: z.string(),
  state: z.enum(['answered', 'timeout', 'refused', 'reset', 'http-error', 'invalid', 'not-asked']),
  roundTripMs: z.number().nonnegative().nullable(),
  role: z.enum(MEMBER_ROLES).nullable(),
  ready: z.boolean().nullable(),
});

const asked = z
  .strictObject({
    srvr: server.nullable(),
    envoy: proxy.nullable(),
    peers: z.array(askedPeer).nullable(),
  })
  .meta({
    description: 'Evidence beyond the sockets; null where a source is not asked (`--ask`).',
  });

const scan = z.strictObject({
  at: z.iso.datetime().nullable().meta({ description: 'When the last good scan began.' }),
  reason: z.enum(['start', 'change', 'max-age', 'confirm']),
  durationMs: z.number().nonnegative(),
  cpuMs: z.number().nonnegative(),
  longestHoldMs: z
    .number()
    .nonnegative()
    .meta({ description: 'The longest the event loop was held in one piece.' }),
  rows: count,
  malformed: z.record(z.string(), count),
  duplicates: count,
  truncated: z.boolean(),
  error: z.string().nullable().meta({ description: 'Why the last attempt could not look.' }),
});

/** All that is known of this member at one moment. */
export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    at: z.iso.datetime(),
    member: z.strictObject({ name: z.string(), addresses: z.array(z.string()) }),
    profile: z.string(),
    role: z.enum(MEMBER_ROLES),
    inQuorum: z.boolean().nullable().meta({ description: 'null: cannot be judged.' }),
    ready: z.boolean(),
    bootstrap: z
      .boolean()
      .meta({ description: 'Ready only because waiting for unpublished peers would deadlock.' }),
    verdict: z.enum(VERDICTS),
    quorum: z.strictObject({
      size: nullableCount.meta({ description: 'Voters.' }),
      majority: nullableCount,
      votes: nullableCount.meta({ description: 'Voters with this member, itself included.' }),
      margin: z
        .int()
        .nullable()
        .meta({ description: 'Voters that may still be lost; negative where some are missing.' }),
    }),
    checks: z.array(check),
    findings: z.array(finding),
    ports: z.array(port),
    links: z.array(link),
    peers: z.array(peer),
    mesh: z.strictObject({ kind: z.enum(MESH_KINDS), inbound: z.enum(MESH_INBOUND) }),
    counters: z.record(z.enum(COUNTERS), nullableCount),
    interfaces: z.array(networkInterface),
    asked,
    scan,
  })
  .meta({ title: 'quorum-probe report' });

/** The report's JSON Schema, draft 2020-12, for programs that read reports. */
export function reportJsonSchema(): unknown {
  return z.toJSONSchema(reportSchema);
}
