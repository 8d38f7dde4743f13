import type { Check } from './report.ts';

/** How the reason of a check begins that passes because there is nothing for it to check in this state. */
export const NOT_APPLICABLE = 'not applicable';

/** Whether a check passes only because it does not apply. */
export function isNotApplicable({ status, reason }: Check): boolean {
  return status === 'pass' && reason.startsWith(NOT_APPLICABLE);
}
