import * as z from 'zod';

const count = z.int().nonnegative();
const extent = z.union([z.literal('every-port'), z.array(z.int().min(0).max(65_535))]);

/** What was read from a pasted listing, and how much of the host's sockets it shows. */
export const listingReportSchema = z.strictObject({
  rows: count.meta({ description: 'Rows of TCP sockets that were read, repeated ones included.' }),
  unread: count.meta({ description: 'Lines that look like rows and were not read.' }),
  formats: z.array(z.string()).meta({ description: 'The tools whose rows were read.' }),
  listeners: extent.meta({
    description:
      'Ports of which a listener would be listed if there were one; of others its absence is not known.',
  }),
  connections: extent.meta({
    description:
      'Ports of which every connection would be listed; of others an absence is not known.',
  }),
  basis: z.enum(['stated', 'assumed']).meta({
    description:
      'Whether a command or a header in the paste says what is listed, or nothing contradicts it.',
  }),
  notes: z.array(z.string()).meta({
    description: 'Sentences for people: what is not listed or was not read, and what to run.',
  }),
  run: z
    .string()
    .nullable()
    .meta({ description: 'The command that shows all; null where nothing is missing.' }),
});

export type ListingReport = z.infer<typeof listingReportSchema>;
