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
    'The code of a finding, or one that only all tables together show: `member-down`, `hung`, `partition`, `one-way-loss`, `half-open`; or one of the surroundings, such as `service-missing`.',
  ),
  severity: described(z.enum(SEVERITIES), '`info` changes nothing.'),
  certainty: described(
    z.enum(['suspected', 'confirmed']),
    'Whether the evidence leaves another reading.',
  ),
  members: described(words, 'Whom it concerns; empty for the surroundings.'),
  follows: described(z.boolean(), 'Whether it most likely follows from a cause in front of it.'),
  headline: described(z.string(), 'A clause for the first line.'),
  summary: described(z.string(), 'What was seen.'),
  cause: described(z.string(), 'What most likely led to it.'),
  remedy: described(z.string(), 'What to do.'),
  evidence: described(words, 'Socket rows and other facts, each with the pod that it is of.'),
});

const member = z.strictObject({
  name: described(z.string(), 'Of the pod.'),
  addresses: described(words, 'Of the pod.'),
  node: described(z.string().nullable(), 'Where it runs; null where that is not known.'),
  phase: described(z.string(), 'As Kubernetes has it; `Absent` where there is no such pod.'),
  ready: described(z.boolean().nullable(), 'As Kubernetes has it; null where it is not known.'),
  restarts: described(z.int().nonnegative(), 'Of all its containers.'),
  troubles: described(words, 'Why containers wait or ended.'),
  seenBy: described(
    z.enum(SEEN_BY),
    'By what it was judged: its socket tables, the report of the probe in it, or not at all.',
  ),
  unread: described(z.string().nullable(), 'Why it was not read twice; null where it was.'),
  container: described(z.string().nullable(), 'In which it was read; null where in none.'),
  report: described(
    reportSchema.nullable(),
    'The same report as that of `scan`; null where its tables were not read.',
  ),
});

const path = z.strictObject({
  between: described(z.tuple([z.string(), z.string()]), 'The two members.'),
  kind: described(
    z.enum(PATH_KINDS),
    '`connected`: a connection is up at both ends; `one-way`: what one end sends is lost; `cut`: both; `half-open`: one end alone knows a connection; `not-connected`; `unknown`: the ends cannot be compared.',
  ),
  lost: described(
    z.strictObject({ from: z.string(), to: z.string() }).nullable(),
    'The direction that loses packets, of a `one-way` path; null otherwise.',
  ),
  otherArrives: described(
    z.boolean(),
    'Whether packets of the other direction of a `one-way` path were seen to arrive.',
  ),
  reason: described(z.string(), 'Why it is unknown; empty otherwise.'),
  evidence: described(words, 'The rows of both ends that show it.'),
});

/** What `diagnose --json` prints. */
export const diagnosisSchema = z
  .strictObject({
    schemaVersion: described(z.literal(1), 'Grows when a field changes its meaning or goes.'),
    at: described(z.iso.datetime(), 'When the reading began.'),
    target: described(z.string(), 'As it was asked for.'),
    namespace: described(z.string().nullable(), 'null where it is not known.'),
    health: described(
      z.enum(HEALTHS),
      '`healthy` only where every member was read twice and all is well; exit code 0, 1 and 2.',
    ),
    summary: described(z.string(), 'The first line, without the word for health.'),
    profile: z.strictObject({
      name: described(z.string(), 'The system.'),
      by: described(z.string(), 'By what it is known.'),
    }),
    size: z.strictObject({
      members: described(z.int().positive().nullable(), 'null where it is not known.'),
      by: described(z.string(), 'Who says so, or why it is not known.'),
    }),
    mesh: described(z.enum(MESH_KINDS), 'The service mesh of the pods.'),
    causes: described(z.array(cause), 'The one to read first in front.'),
    members: z.array(member),
    paths: described(
      z.array(path),
      'The ways between each two members whose tables were read twice.',
    ),
    ensemble: described(
      ensembleDocumentSchema.nullable(),
      'The same as `scan --ensemble` gives; null where no member was seen.',
    ),
    gaps: described(words, 'One line for each thing that could not be had.'),
  })
  .meta({ title: 'quorum-probe diagnosis of an ensemble' });

/** Its JSON Schema, draft 2020-12. */
export function diagnosisJsonSchema(): unknown {
  return z.toJSONSchema(diagnosisSchema);
}
