import * as z from 'zod';
import { HEALTHS, PATH_KINDS, SEEN_BY } from './diagnosis-words.ts';
import { ensembleDocumentSchema } from './ensemble-schema.ts';
import { MESH_KINDS } from './link.ts';
import { reportSchema } from './report-schema.ts';
import { SEVERITIES } from './vocabulary.ts';

const described = <Type extends z.ZodType>(type: Type, description: string): Type =>
  type.meta({ description });

const words = z.array(z.string());

const cause = z.strictObject({
  code: described(
    z.string(),
    'The code of a finding; or one that only all tables together show: `member-down`, `hung`, `partition`, `partial-partition`, `one-way-loss`, `half-open`, `reported-broken`; or one of the Kubernetes objects, such as `service-missing`.',
  ),
  severity: described(z.enum(SEVERITIES), '`info` changes nothing.'),
  certainty: described(
    z.enum(['suspected', 'confirmed']),
    'Whether the evidence allows another explanation.',
  ),
  members: described(words, 'The members that it concerns; empty for Kubernetes objects.'),
  follows: described(z.boolean(), 'Whether it most likely follows from an earlier cause.'),
  headline: described(z.string(), 'A short phrase for the first line.'),
  summary: described(z.string(), 'What was seen.'),
  cause: described(z.string(), 'The most likely reason.'),
  remedy: described(z.string(), 'What to do.'),
  evidence: described(words, 'Socket rows and other facts, each with the name of its pod.'),
});

const member = z.strictObject({
  name: described(z.string(), "The pod's name."),
  addresses: described(words, "The pod's addresses."),
  node: described(z.string().nullable(), 'Where it runs; null if unknown.'),
  phase: described(z.string(), 'As Kubernetes reports it; `Absent` if there is no such pod.'),
  ready: described(z.boolean().nullable(), 'As Kubernetes reports it; null if unknown.'),
  restarts: described(z.int().nonnegative(), 'Restarts of all its containers.'),
  troubles: described(words, 'Why containers are waiting or have ended.'),
  seenBy: described(
    z.enum(SEEN_BY),
    'What it was judged by: its socket tables, the report of its own probe, or nothing.',
  ),
  probe: described(
    reportSchema.pick({ verdict: true, role: true, inQuorum: true }).nullable(),
    'What the probe in the pod reports; null if there is no probe or no answer.',
  ),
  unread: described(z.string().nullable(), 'Why it was not read twice; null if it was.'),
  container: described(z.string().nullable(), 'The container that it was read in; null if none.'),
  report: described(
    reportSchema.nullable(),
    'The same report as that of `scan`; null if its tables were not read.',
  ),
});

const path = z.strictObject({
  between: described(z.tuple([z.string(), z.string()]), 'The two members.'),
  kind: described(
    z.enum(PATH_KINDS),
    '`connected`: a connection is up at both ends; `one-way`: what one end sends is lost; `cut`: what both send; `half-open`: only one end has the connection; `not-connected`; `unknown`: the ends cannot be compared.',
  ),
  lost: described(
    z.strictObject({ from: z.string(), to: z.string() }).nullable(),
    'The direction of a `one-way` path that loses packets; null otherwise.',
  ),
  otherArrives: described(
    z.boolean(),
    'Whether packets were seen to arrive in the other direction of a `one-way` path.',
  ),
  reason: described(z.string(), 'Why it is unknown; empty otherwise.'),
  evidence: described(words, 'The rows of both ends that show it.'),
});

/** What `diagnose --json` prints. */
export const diagnosisSchema = z
  .strictObject({
    schemaVersion: described(
      z.literal(1),
      'Increases when a field changes its meaning or is removed.',
    ),
    at: described(z.iso.datetime(), 'When the reading began.'),
    target: described(z.string(), 'As it was given.'),
    namespace: described(z.string().nullable(), 'null if unknown.'),
    health: described(
      z.enum(HEALTHS),
      '`healthy` only if every member was read twice and nothing is wrong; exit codes 0, 1 and 2.',
    ),
    summary: described(z.string(), 'The first line, without its first word.'),
    profile: z.strictObject({
      name: described(z.string(), 'The system.'),
      by: described(z.string(), 'How it was recognized.'),
    }),
    size: z.strictObject({
      members: described(z.int().positive().nullable(), 'null if unknown.'),
      by: described(z.string(), 'Where the number comes from, or why it is unknown.'),
    }),
    mesh: described(z.enum(MESH_KINDS), 'The service mesh of the pods.'),
    causes: described(z.array(cause), 'The most important one first.'),
    members: z.array(member),
    paths: described(
      z.array(path),
      'The path between each pair of members whose tables were read twice.',
    ),
    ensemble: described(
      ensembleDocumentSchema.nullable(),
      'The same as in `scan --ensemble`; null if no socket table could be read.',
    ),
    gaps: described(words, 'What could not be read, one line each.'),
  })
  .meta({ title: 'quorum-probe diagnosis of an ensemble' });

/** Its JSON Schema, draft 2020-12. */
export function diagnosisJsonSchema(): unknown {
  return z.toJSONSchema(diagnosisSchema);
}
