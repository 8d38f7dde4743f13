/** The first time-out is hardly ever shorter, and each further one twice as long up to the longest (`include/net/tcp.h`). */
const FIRST_MS = 200;
const LONGEST_MS = 120_000;
const DOUBLINGS = Math.floor(Math.log2(LONGEST_MS / FIRST_MS));

/**
 * How long the kernel sends unanswered data again before it gives a connection up, at the shortest round
 * trips: `tcp_model_timeout` of `net/ipv4/tcp_timer.c` for `net.ipv4.tcp_retries2`.
 */
export function givesUpAfterMs(retries: number): number {
  const doubled = Math.min(retries, DOUBLINGS);
  return (2 ** (doubled + 1) - 1) * FIRST_MS + Math.max(0, retries - DOUBLINGS) * LONGEST_MS;
}
