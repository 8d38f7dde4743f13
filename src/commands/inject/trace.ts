import * as z from 'zod';
import type { Trace } from './take-out.ts';
import { Uneditable } from './text-edit.ts';

/** The annotation of a StatefulSet by which an injection is known, and taken back. */
export const ANNOTATION = 'quorum-probe/injected';

const trace = z.strictObject({
  made: z.array(z.string()).default([]),
  was: z.record(z.string(), z.string().regex(/^.*$/)).default({}),
});

/** The annotation's value: what cannot be seen from the manifest alone. */
export function writeTrace({ made, was }: Trace): string {
  return JSON.stringify({
    ...(made.length > 0 ? { made } : {}),
    ...(Object.keys(was).length > 0 ? { was } : {}),
  });
}

/** What an injection wrote; throws Uneditable where somebody changed it. */
export function readTrace(text: unknown): Trace {
  try {
    return trace.parse(JSON.parse(String(text)));
  } catch {
    throw new Uneditable(
      `its annotation ${ANNOTATION} is not as inject wrote it; remove the probe by hand`,
    );
  }
}
