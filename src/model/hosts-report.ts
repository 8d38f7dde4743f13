import * as z from 'zod';
import { reportSchema } from './report-schema.ts';

/** What `scan --json` prints for a listing that holds rows of several hosts. */
export const hostsReportSchema = z
  .strictObject({
    schemaVersion: z
      .literal(1)
      .meta({ description: 'Increases when a field changes its meaning or is removed.' }),
    hosts: z
      .array(
        z.strictObject({
          name: z.string().meta({
            description:
              'As a prompt or a heading in the listing names it, else its address or place.',
          }),
          report: reportSchema,
        }),
      )
      .min(2)
      .meta({ description: 'In the order of the listing, each judged by itself.' }),
  })
  .meta({ title: 'quorum-probe reports of several hosts' });

export type HostsReport = z.infer<typeof hostsReportSchema>;
export type HostReport = HostsReport['hosts'][number];

/** Its JSON Schema, draft 2020-12. */
export function hostsReportJsonSchema(): unknown {
  return z.toJSONSchema(hostsReportSchema);
}
