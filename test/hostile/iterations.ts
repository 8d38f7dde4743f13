/** How many times as many iterations a campaign makes as in CI: QUORUM_FUZZ_TIMES, 1 where it is not set. */
const TIMES = Number(process.env['QUORUM_FUZZ_TIMES'] ?? 1);

/** Parameters of fast-check for a campaign of so many iterations in CI; a seed is printed by what fails. */
export function iterations(inCi: number): { readonly numRuns: number } {
  return { numRuns: Math.max(1, Math.round(inCi * TIMES)) };
}
