import * as z from 'zod';
import {
  HEARTBEAT_FROM,
  LISTENED_BY,
  type LinkShape,
  OWN_WORDS,
  type Profile,
  type QuorumRule,
  STAR_DIALS,
  VOTERS,
} from '../model/profile.ts';

const REACHES = ['wildcard', 'pod', 'loopback'] as const;

const sentence = z.string('write a text').trim().min(1, 'is empty; write a text');
const word = z
  .string('write a word')
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'write small letters, digits and dashes, a letter first');
const yesOrNo = z.boolean('write true or false');
const linkCount = z
  .int('write a whole number of links')
  .min(1, 'write at least 1')
  .max(1000, 'write at most 1000');
const milliseconds = z
  .int('write a whole number of milliseconds')
  .min(1, 'write at least 1')
  .max(3_600_000, 'write at most 3600000');
const optional = sentence.nullable().default(null);
const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, `write one of ${words.join(', ')}`);

const perPair = z
  .strictObject(
    {
      least: linkCount.meta({ description: 'With fewer the two are not linked.' }),
      usual: linkCount.meta({ description: "As many as there are with the system's defaults." }),
    },
    'write least: 1 and usual: 1 under it',
  )
  .meta({ description: 'ESTABLISHED links of one healthy pair, of each direction with bothWays.' });

const shapes: z.ZodType<LinkShape> = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('clients') }),
      z.strictObject({ kind: z.literal('hub'), perPair }),
      z.strictObject({ kind: z.literal('pairwise'), bothWays: yesOrNo, perPair }),
      z.strictObject({ kind: z.literal('short-lived') }),
    ],
    'write a kind: one of clients, hub, pairwise, short-lived',
  )
  .meta({
    description:
      'How healthy links look. clients: any number from anywhere; hub: between each member and the leader; pairwise: between each two members, whichever end dialled, or with bothWays each end dials the other; short-lived: opened for one exchange and never waited for. hub and pairwise have perPair: the least and the usual number of ESTABLISHED links of one pair, of each direction with bothWays.',
  });

const port = z.strictObject(
  {
    role: word.meta({
      description: "The system's own name for it, used as metric label and check name.",
    }),
    ports: z
      .array(
        z
          .int('write a port number')
          .min(1, 'write a port from 1 to 65535')
          .max(65_535, 'write a port from 1 to 65535'),
        'write a list of port numbers, such as [2181]',
      )
      .min(1, 'is empty; write the port numbers')
      .meta({ description: 'Any of these is enough.' }),
    listens: oneOf(LISTENED_BY).meta({ description: 'Who opens the listener.' }),
    links: shapes,
    defaultBind: oneOf(REACHES).meta({ description: 'Where it listens by default.' }),
    title: sentence.meta({ description: 'Its name for operators.' }),
    mayBeIdleCut: yesOrNo.meta({
      description: 'Whether a healthy link may be closed because it is idle.',
    }),
    heartbeat: z
      .strictObject(
        {
          from: oneOf(HEARTBEAT_FROM).meta({
            description:
              'Which peers send it: every-peer that this member is linked with, or some-peer of them, such as the leader.',
          }),
          everyMs: milliseconds.meta({
            description:
              'The most milliseconds between two messages of a healthy peer that has nothing else to send.',
          }),
          bearsMs: milliseconds.meta({
            description:
              "After how many milliseconds of a peer's silence the system itself gives the peer up.",
          }),
        },
        'write from: every-peer, everyMs: 1000 and bearsMs: 10000 under it, or null',
      )
      .nullable()
      .default(null)
      .meta({
        description:
          'The heartbeat on the port that carries the quorum; null if silence means nothing there.',
      }),
  },
  'write a mapping with role, ports, listens and so on',
);

const rules: z.ZodType<QuorumRule> = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('hub'), port: word, election: word }),
      z.strictObject({
        kind: z.literal('star'),
        port: word,
        dials: oneOf(STAR_DIALS).default('followers'),
      }),
      z.strictObject({ kind: z.literal('pairwise'), port: word, voters: oneOf(VOTERS) }),
      z.strictObject({ kind: z.literal('gossip'), port: word }),
      z.strictObject({ kind: z.literal('none') }),
    ],
    'write a kind: one of hub, star, pairwise, gossip, none',
  )
  .meta({
    description:
      'What makes a majority. hub: links with the leader, who alone listens on port; star: the same where every voter listens, and dials says whether the followers (the default) or the leader open these links; pairwise: links with a majority of the voters; gossip: no majority, one peer must answer; none: the listeners are all there is to see.',
  });

/** A profile as a file holds it; the type annotation keeps schema and model from drifting apart. */
export const profileSchema: z.ZodType<Profile> = z
  .strictObject(
    {
      name: word.meta({ description: 'Its name in reports.' }),
      title: sentence.meta({ description: 'Its name for people.' }),
      ports: z.array(port, 'write a list of ports').min(1, 'is empty; write at least one port'),
      quorum: rules,
      advice: z
        .strictObject(
          {
            listenEverywhere: sentence.meta({
              description: 'The setting by which the server listens on all addresses.',
            }),
            memberList: sentence.meta({
              description: 'Where the server reads who the other members are.',
            }),
            keepalive: sentence.nullable().meta({
              description: 'How to switch keepalive on for links that carry nothing for long.',
            }),
            memberListChanges: optional.meta({
              description:
                'What to do so that the probes follow a member list that changes at run time.',
            }),
            resolvesNames: optional.meta({
              description: "When a server looks a member's name up again.",
            }),
            staleAddress: optional.meta({
              description:
                'How to make a server drop an address that its peer no longer has, in a sentence.',
            }),
            givesUp: optional.meta({
              description: 'When a server without a majority gives up; begins with after or when.',
            }),
            withoutQuorum: sentence.default('Writes and consistent reads fail.').meta({
              description: 'What the loss of the quorum means for clients, in a sentence.',
            }),
          },
          'write listenEverywhere, memberList and keepalive under it',
        )
        .meta({ description: "The system's own settings, as findings name them." }),
      ownWord: oneOf(OWN_WORDS).nullable().default(null).meta({
        description:
          'The command by which a server reports its own state on its client port, for --ask; null if it has none.',
      }),
      ready: sentence.meta({ description: 'What readiness means, in one sentence.' }),
      checkedAgainst: optional.meta({
        description: 'Against which servers the profile was checked.',
      }),
    },
    'write a mapping with name, title, ports, quorum, advice and ready',
  )
  .meta({ title: 'quorum-probe profile' });

/** The profile's JSON Schema, draft 2020-12, for editors and programs that write profiles. */
export function profileJsonSchema(): unknown {
  // Of what a file may hold: fields with a default may be left out.
  return z.toJSONSchema(profileSchema, { io: 'input' });
}
