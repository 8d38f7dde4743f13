import type { Check, CheckStatus } from '../../model/report.ts';

/** One expectation, how it came out, and why. */
export function check(name: string, status: CheckStatus, reason: string): Check {
  return { name, status, reason };
}
