import * as z from 'zod';
import { LINK_NEEDS, LINK_SIGHTS } from './ensemble.ts';
import { ENSEMBLE_VERDICTS, TROUBLE_KINDS } from './ensemble-words.ts';
import { PROBE_ANSWERS } from './evidence.ts';
import { MEMBER_ROLES, REACHES, VERDICTS } from './vocabulary.ts';

const nullableCount = z.int().nonnegative().nullable();

const described = <Type extends z.ZodType>(type: Type, description: string): Type =>
  type.meta({ description });

const trouble = z.strictObject({
  kind: described(
    z.enum(TROUBLE_KINDS),
    '`leaders`: more than one leads; `absent`: a member does not run, or has no link where it needs one; `out`: it runs, but is not in a quorum; `uncounted`: the leader counts fewer voters, and a mesh hides which; `link`: a needed link is missing, troubled or seen by only one end; `members`: a member has a different list of members; `cut`: members cannot reach each other while another one reaches them; `unseen`: nothing is known about a member.',
  ),
  members: described(z.array(z.string()), 'The members that it concerns, as configured here.'),
  text: described(z.string(), 'In a few words, such as `zk-2 absent`.'),
  since: described(z.iso.datetime(), 'When this probe began to see it without a break.'),
});

/** The state of the ensemble as a part of every report. */
export const ensembleReportSchema = z
  .strictObject({
    verdict: described(
      z.enum(ENSEMBLE_VERDICTS),
      '`healthy`: every voter is in the quorum and every needed link is up; `degraded`: the quorum holds, and something is wrong; `broken`: there is no quorum; `unknown`: not enough is seen to decide.',
    ),
    summary: described(
      z.string(),
      'How many voters are in the quorum, and how many failures it survives.',
    ),
    size: described(nullableCount, 'Voters.'),
    inQuorum: described(nullableCount, 'Voters that are seen in the quorum; null if unknown.'),
    spare: described(
      nullableCount,
      'How many more voters may fail before the quorum is lost; null if unknown, and without a quorum.',
    ),
    troubles: described(
      z.array(trouble),
      'What is wrong or not seen, the worst first; limited in number.',
    ),
  })
  .meta({
    description:
      'The whole ensemble: from the links of this member and, with `--ask peers`, from the reports of the others.',
  });

const sight = z.enum(LINK_SIGHTS);
const pair = z.tuple([z.string(), z.string()]);

const member = z.strictObject({
  name: described(z.string(), 'As configured.'),
  self: described(z.boolean(), 'Whether it is this member.'),
  voter: described(z.boolean(), 'False for one that is configured as an observer.'),
  pod: described(
    z.string().nullable(),
    'Its pod, as its own probe names it; null without a report.',
  ),
  probe: described(
    z.enum(['self', ...PROBE_ANSWERS]),
    'How the request to its probe ended; `self` is not asked.',
  ),
  rttMs: described(z.number().nonnegative().nullable(), 'Round-trip time of the answer.'),
  report: z
    .strictObject({
      schema: described(
        z.enum(['same', 'other']),
        '`other`: from a probe of another release, which may not be fully understood.',
      ),
      role: described(z.enum(MEMBER_ROLES), 'As its own sockets show it.'),
      inQuorum: described(z.boolean().nullable(), 'null: unknown.'),
      ready: described(z.boolean().nullable(), 'null: unknown.'),
      verdict: described(z.enum(VERDICTS), "Of that member's own report."),
      votes: described(
        nullableCount,
        'Voters linked with it, including itself; null if it does not know.',
      ),
      size: described(nullableCount, 'Voters in its configuration.'),
    })
    .nullable()
    .meta({ description: 'What its own probe reports; null if there is no report.' }),
});

const link = z.strictObject({
  role: described(z.string(), 'The role of its port.'),
  between: described(pair, 'The two members.'),
  sight: described(z.tuple([sight, sight]), 'What each of them sees of the link.'),
  oneSided: described(
    z.boolean(),
    'One end sees it up, and the other end, which would see it, does not.',
  ),
  need: described(z.enum(LINK_NEEDS), 'Whether the two members need it.'),
});

/** What `scan --ensemble --json` prints and `/api/v1/ensemble` serves. */
export const ensembleDocumentSchema = z
  .strictObject({
    schemaVersion: described(
      z.literal(1),
      'Increases when a field changes its meaning or is removed, not when fields or values are added.',
    ),
    ...ensembleReportSchema.shape,
    at: described(z.iso.datetime(), "When this member's own report was made."),
    asked: described(z.boolean(), "Whether the other members' probes were asked."),
    quorum: z.strictObject({
      size: described(nullableCount, 'Voters.'),
      majority: described(nullableCount, 'Voters needed for a quorum.'),
    }),
    roles: described(z.array(z.string()), 'Roles of the ports between members.'),
    members: z.array(member),
    links: described(
      z.array(link),
      'One for each two members and role; of more than 64 members only those of this one.',
    ),
    leaders: described(z.array(z.string()), 'Members that lead, by their own reports.'),
    reaches: described(
      z.array(
        z.strictObject({
          from: described(z.string(), 'The member that reports it.'),
          to: described(z.string(), 'The member that it sends to.'),
          reach: described(z.enum(REACHES), "As in that member's report (`peers[].reach`)."),
        }),
      ),
      'Which members reach each other, as they report it; empty unless something that one of them sends goes unanswered.',
    ),
    mismatches: described(
      z.array(
        z.strictObject({
          name: described(z.string(), 'The member.'),
          more: described(z.array(z.string()), 'Known there and not here.'),
          fewer: described(z.array(z.string()), 'Known here and not there.'),
        }),
      ),
      'Members whose list of members differs from the one here.',
    ),
  })
  .meta({ title: 'quorum-probe state of the ensemble' });

/** Its JSON Schema, draft 2020-12. */
export function ensembleJsonSchema(): unknown {
  return z.toJSONSchema(ensembleDocumentSchema);
}
