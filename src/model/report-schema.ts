import * as z from 'zod';
import { ensembleReportSchema } from './ensemble-schema.ts';
import {
  DELIVERY_KINDS,
  LOOPBACK_CAUSES,
  MTLS_MODES,
  PROBE_ANSWERS,
  SERVER_MODES,
} from './evidence.ts';
import { FINDING_CODES } from './findings.ts';
import { LINK_STATES, MESH_INBOUND, MESH_KINDS } from './link.ts';
import { listingReportSchema } from './listing-report.ts';
import { READINESS_STATES, READY_BY } from './readiness.ts';
import {
  CHECK_STATUSES,
  COUNTERS,
  MEMBER_ROLES,
  PEER_STATUSES,
  REACHES,
  SCHEMA_VERSION,
  SEVERITIES,
  STOP_STATES,
  VERDICTS,
} from './vocabulary.ts';

const count = z.int().nonnegative();
const nullableCount = count.nullable();

/** The report's fields explain themselves in its schema, and so in the documentation made from it. */
const described = <Type extends z.ZodType>(type: Type, description: string): Type =>
  type.meta({ description });

const addresses = z.array(z.string());

const check = z.strictObject({
  name: described(z.string(), 'One of a fixed list, such as `quorum-link`.'),
  status: described(z.enum(CHECK_STATUSES), 'The result.'),
  reason: described(z.string(), 'What was expected, and what was found.'),
});

const finding = z.strictObject({
  code: described(
    z.enum(FINDING_CODES.map(({ code }) => code)),
    'Stable name; the runbook has a section of that name.',
  ),
  severity: described(
    z.enum(SEVERITIES),
    'Fixed for each code, except that `partial-partition` is a warning while a quorum is seen; `info` changes nothing.',
  ),
  certainty: described(
    z.enum(['suspected', 'confirmed']),
    'Whether the evidence allows another explanation.',
  ),
  summary: described(z.string(), 'One sentence that names the addresses.'),
  evidence: described(
    z.array(z.string()),
    'What it is based on: socket rows as `ss` would print them, or counters.',
  ),
  cause: described(z.string(), 'The most likely cause.'),
  remedy: described(z.string(), 'What to do, with the exact setting if there is one.'),
});

const port = z.strictObject({
  port: described(count, 'The number.'),
  role: described(z.string(), "The profile's name for it, such as `client`."),
  listener: z
    .strictObject({
      reach: described(
        z.enum(['wildcard', 'pod', 'loopback']),
        'Where it can be reached from: anywhere by any address, anywhere by the pod address, only this pod.',
      ),
      addresses: described(addresses, 'What it is bound to; `*` for all.'),
      acceptQueue: described(count, 'Connections not yet accepted.'),
      acceptQueueLimit: described(
        count.nullable(),
        'How many may wait, for all listeners on the port together; null if the source does not show it, as /proc does not.',
      ),
    })
    .nullable()
    .meta({ description: 'null if nothing listens.' }),
  links: z.strictObject({
    inbound: described(count, 'ESTABLISHED links, including stalled ones.'),
    outbound: described(count, 'ESTABLISHED links, including stalled ones.'),
    stalled: described(count, 'Links whose data is not acknowledged, or not accepted.'),
    connecting: described(count, 'Attempts that have no answer yet.'),
    expected: described(
      nullableCount,
      'Links that a healthy member of this role has; null if the rows do not show it.',
    ),
  }),
  unreadBytes: described(count, 'Received, and not read by the server.'),
  unackedBytes: described(count, 'Sent, and not acknowledged by the other end.'),
  states: described(z.record(z.string(), count), 'Socket rows by lower-case kernel state.'),
});

const nullableMs = z.number().nonnegative().nullable();
const nullableBytes = z.int().nonnegative().nullable();

const vitals = z.strictObject({
  lastHeardMs: described(
    nullableMs,
    'Since data last arrived, or since the connection was opened.',
  ),
  lastSentMs: described(
    nullableMs,
    'Since data was last sent, or since the connection was opened.',
  ),
  rttMs: described(nullableMs, 'Smoothed round-trip time.'),
  receivedBytes: described(nullableBytes, 'Received since the connection was opened.'),
  sentBytes: described(nullableBytes, 'Sent since then, including retransmissions.'),
  retransmittedBytes: described(nullableBytes, 'Retransmitted since then.'),
  pathMtuBytes: described(nullableBytes, 'The largest packet on the way to the peer.'),
  lastAckMs: described(nullableMs, 'Since the peer last acknowledged anything.'),
  sentSegments: described(nullableCount, 'Segments of data sent, including retransmissions.'),
  retransmittedSegments: described(nullableCount, 'Segments retransmitted.'),
  sackedSegments: described(
    nullableCount,
    'Segments in flight that are acknowledged although an earlier one is not.',
  ),
  segmentBytes: described(nullableBytes, 'The most data that one segment can carry.'),
  windowLimitedMs: described(
    nullableMs,
    "How long data waited for room in the peer's receive window, since the connection was opened.",
  ),
  bufferLimitedMs: described(nullableMs, 'How long data waited for room in the send buffer.'),
});

const link = z.strictObject({
  role: described(z.string(), 'The role of its port.'),
  port: described(count, 'The port of the listening end.'),
  direction: described(
    z.enum(['inbound', 'outbound']),
    'Which end connected; `outbound`: this member.',
  ),
  peer: described(z.string().nullable(), 'Member name or address; null if a mesh proxy hides it.'),
  state: described(
    z.enum(LINK_STATES),
    'The state between the server and the peer, including a proxy between them.',
  ),
  unackedBytes: described(count, 'Sent, and not acknowledged.'),
  stalledMs: described(
    z.number().nonnegative().nullable(),
    'How long it has been stalled; null if it is not.',
  ),
  vitals: described(
    vitals.nullable(),
    "The kernel's figures for the connection with the peer, each null if the kernel does not give it; null as a whole if the scan did not use netlink, the link is not established, or a mesh proxy hides that connection.",
  ),
});

const peerVitals = z.strictObject({
  lastHeardMs: described(nullableMs, 'Since data last came over any link; null without a link.'),
  rttMs: described(nullableMs, 'Smoothed round-trip time of the link that was heard last.'),
  sentBytes: described(
    count,
    'Sent over all links, for the first time and again, since the probe first saw each.',
  ),
  receivedBytes: described(count, 'Received over them since then.'),
  retransmittedBytes: described(count, 'Retransmitted since then.'),
});

const peer = z.strictObject({
  name: described(z.string(), 'As configured.'),
  addresses: described(addresses, 'From the last lookup.'),
  status: described(z.enum(PEER_STATUSES), 'The best link with it; unknown if a mesh hides it.'),
  reach: described(
    z.enum(REACHES),
    'Whether what this member sends to it is answered: `answered` by its probe just now, or by data within 3 s; `connection-unanswered`: three attempts of the kernel to open a connection; `data-unanswered`: data, or keepalive probes, sent again and again; `probe-unanswered`: two questions to its probe in a row, which answered before. `unknown`: nothing shows either; a link that is not there never does.',
  ),
  vitals: described(
    peerVitals.nullable(),
    "The kernel's figures for all links with it on the ports between members; null where none was ever read by netlink.",
  ),
});

const traffic = z.strictObject({
  bytes: described(count, 'Since the interface was created.'),
  errors: described(count, 'Packets with errors.'),
  drops: described(count, 'Packets that were dropped.'),
});

const networkInterface = z.strictObject({
  name: described(z.string(), 'Such as `eth0`.'),
  addresses: described(addresses, 'Of both families.'),
  mtu: described(nullableCount, 'Largest packet in bytes.'),
  state: described(z.string(), 'Operational state, or `unknown`.'),
  receive: traffic,
  transmit: traffic,
});

const server = z
  .strictObject({
    state: described(
      z.enum(['serving', 'not-serving', 'not-whitelisted', 'failed']),
      'How the request ended.',
    ),
    detail: described(z.string(), 'Why there is no answer; empty if there is one.'),
    mode: described(z.enum(SERVER_MODES).nullable(), 'The role that it reports.'),
    version: described(z.string().nullable(), 'Its release.'),
    zxid: described(z.string().nullable(), 'The last transaction that it has processed.'),
    outstanding: described(nullableCount, 'Requests waiting.'),
    connections: described(nullableCount, 'Clients connected.'),
    latencyMs: z
      .strictObject({
        min: described(z.number(), 'Least.'),
        avg: described(z.number(), 'Mean.'),
        max: described(z.number(), 'Most.'),
      })
      .nullable()
      .meta({ description: 'Of its requests since it started or was last reset.' }),
  })
  .meta({ description: "The server's own report: `srvr` on the client port." });

const proxy = z
  .strictObject({
    state: described(z.enum(['answered', 'failed']), 'How the request ended.'),
    detail: described(z.string(), 'What is missing from the answer, and why; empty if nothing is.'),
    version: described(z.string().nullable(), 'As the proxy reports it.'),
    ports: z.array(
      z.strictObject({
        port: described(count, 'A watched port.'),
        delivery: described(
          z.enum(DELIVERY_KINDS),
          'Where inbound connections of this port are delivered; `catch-all` if no Service has the port, `not-captured` if they do not reach the proxy.',
        ),
        mtls: described(
          z.enum(MTLS_MODES),
          "Whether peers must use the mesh's mutual TLS; `not-captured` if they do not reach the proxy.",
        ),
        causes: described(
          z.array(z.enum(LOOPBACK_CAUSES)),
          'Which settings may have led to the delivery `loopback`; empty for any other.',
        ),
        sidecar: described(
          z.string().nullable(),
          'The Sidecar whose ingress gave the port its listener, as `NAMESPACE/NAME`; null if there is none, or if Istiod (before 1.24) does not name it.',
        ),
      }),
    ),
    connectFailures: z.array(
      z.strictObject({
        address: described(z.string(), 'The peer.'),
        port: described(count, 'Of the peer.'),
        failures: described(
          count,
          'Failed connects: the most that the proxy reported in the last ten minutes. It forgets the peers of a headless service about 5 s after their last use.',
        ),
      }),
    ),
  })
  .meta({
    description: "The mesh proxy's own report: its admin interface on the pod's loopback address.",
  });

const askedPeer = z.strictObject({
  name: described(z.string(), 'As configured.'),
  state: described(
    z.enum(PROBE_ANSWERS),
    'How the request to its probe ended; `not-understood`: its report is from another release, and nothing in it is known here.',
  ),
  roundTripMs: described(z.number().nonnegative().nullable(), 'Of an answer.'),
  role: described(
    z.enum(MEMBER_ROLES).nullable(),
    'As its own probe reports it; `unknown` if its release has a value that is not known here.',
  ),
  ready: described(z.boolean().nullable(), 'As its own probe reports it; null if unknown.'),
});

const asked = z
  .strictObject({
    srvr: server.nullable(),
    envoy: proxy.nullable(),
    peers: described(z.array(askedPeer).nullable(), "The other members' probes."),
  })
  .meta({
    description: 'Evidence beyond the sockets; null for a source that is not asked (`--ask`).',
  });

const scan = z.strictObject({
  at: described(z.iso.datetime().nullable(), 'When the last successful scan began.'),
  reason: described(
    z.enum(['start', 'change', 'max-age', 'confirm', 'tick']),
    'What called for it: the start, moved counters, its age, a worse reading to be confirmed. `tick`: only listeners and known links were read, as netlink does two to four times a second.',
  ),
  source: described(
    z.enum(['proc', 'netlink', 'listing']),
    'Where the rows came from: `/proc/net/tcp` and `tcp6`, netlink `sock_diag`, or a pasted listing.',
  ),
  durationMs: described(z.number().nonnegative(), 'From its first read to its last.'),
  cpuMs: described(z.number().nonnegative(), 'CPU time that it took.'),
  longestHoldMs: described(
    z.number().nonnegative(),
    'The longest time that the event loop was blocked in one piece.',
  ),
  rows: described(
    count,
    'Socket rows read; netlink gives only listeners and rows of watched ports.',
  ),
  malformed: described(z.record(z.string(), count), 'Rows left out, by reason.'),
  duplicates: described(count, 'Rows that the kernel reported twice.'),
  truncated: described(
    z.boolean(),
    'Rows beyond `--scan-row-cap` are missing, or netstat may have cut addresses short.',
  ),
  error: described(z.string().nullable(), 'Why the last attempt failed.'),
  listing: described(
    listingReportSchema.nullable(),
    'What was read of a pasted listing; null for a live scan.',
  ),
});

/** All that is known of this member at one moment. */
export const reportSchema = z
  .strictObject({
    schemaVersion: described(
      z.literal(SCHEMA_VERSION),
      'Increases when a field changes its meaning or is removed, not when fields or values are added.',
    ),
    at: described(z.iso.datetime(), 'When the report was made.'),
    member: z.strictObject({
      name: described(z.string(), "The pod's name, as in `--pod-name`."),
      addresses: described(addresses, "The pod's addresses."),
    }),
    profile: described(z.string(), 'The clustered system.'),
    profileBy: described(
      z.string().nullable(),
      'What shows that it is this system, for `scan --profile auto`; null if the profile was chosen.',
    ),
    role: described(z.enum(MEMBER_ROLES), "This member's role, as its sockets show it."),
    inQuorum: described(z.boolean().nullable(), 'null: unknown.'),
    ready: described(z.boolean(), 'In a quorum that has settled, or bootstrap.'),
    readiness: z
      .strictObject({
        state: described(z.enum(READINESS_STATES), 'Anything but `ready` counts as not ready.'),
        by: described(z.enum(READY_BY).nullable(), 'What makes it ready; null if it is not.'),
        since: described(z.iso.datetime().nullable(), 'When this state began.'),
        until: described(
          z.iso.datetime().nullable(),
          'When `settling` becomes `ready` if nothing changes; null in every other state.',
        ),
        reason: described(z.string(), 'Why, in one line.'),
      })
      .meta({ description: 'Whether clients may be sent to this member, and why.' }),
    bootstrap: described(
      z.boolean(),
      'Ready only because waiting for unpublished peers would deadlock.',
    ),
    verdict: described(z.enum(VERDICTS), 'The result in one word.'),
    stopping: z
      .strictObject({
        since: described(z.iso.datetime(), 'When `/stop-allowed` was first asked.'),
        state: described(
          z.enum(STOP_STATES),
          'Whether the answer is held until the ensemble can spare this member, or was given and the server is expected to stop.',
        ),
        reason: described(z.string(), 'Why, in one line.'),
      })
      .nullable()
      .meta({
        description:
          "A stop of this member's server that its container's hook has asked for; null where there is none.",
      }),
    quorum: z.strictObject({
      size: described(nullableCount, 'Voters.'),
      majority: described(nullableCount, 'Voters needed for a quorum.'),
      votes: described(nullableCount, 'Voters linked with this member, including itself.'),
      margin: described(
        z.int().nullable(),
        'Voters that can still be lost; negative if some are missing.',
      ),
    }),
    checks: z.array(check),
    findings: z.array(finding),
    ports: z.array(port),
    links: described(z.array(link), 'On peer ports; limited in number.'),
    peers: z.array(peer),
    ensemble: ensembleReportSchema,
    mesh: z.strictObject({
      kind: described(z.enum(MESH_KINDS), 'The service mesh of this pod.'),
      inbound: described(z.enum(MESH_INBOUND), 'How it delivers connections to the server.'),
    }),
    counters: described(
      z.record(z.enum(COUNTERS), nullableCount),
      "The kernel's raw values of this network namespace; null if a file could not be read.",
    ),
    interfaces: z.array(networkInterface),
    certificate: described(
      z
        .strictObject({
          subject: described(z.string(), 'Whom it was made out to.'),
          notBefore: described(z.iso.datetime(), 'When it begins to be valid.'),
          notAfter: described(z.iso.datetime(), 'When it expires.'),
        })
        .nullable(),
      'Of --certificate, the one that expires first; null where none was given or none can be read.',
    ),
    asked,
    scan,
  })
  .meta({ title: 'quorum-probe report' });

/** The report's JSON Schema, draft 2020-12, for programs that read reports. */
export function reportJsonSchema(): unknown {
  return z.toJSONSchema(reportSchema);
}
