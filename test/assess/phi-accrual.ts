/**
 * The φ-accrual failure detector (Hayashibara et al., "The φ accrual failure detector", SRDS 2004) with the normal
 * distribution, the least deviation of 100 ms and the approximation that Akka uses (`PhiAccrualFailureDetector`).
 */
export interface PhiDetector {
  /** One reading: at `nowMs` data had last come at `heardAtMs`. Gives φ, which suspects from 8 on. */
  read(nowMs: number, heardAtMs: number): number;
}

const WINDOW = 1_000;
const LEAST_DEVIATION_MS = 100;
/** Two moments nearer than this are one, read twice. */
const SAME_MS = 20;

export const SUSPECTS = 8;

export function phiDetector(): PhiDetector {
  const gapsMs: number[] = [];
  let lastMs: number | null = null;
  return {
    read(nowMs, heardAtMs) {
      if (lastMs === null) lastMs = heardAtMs;
      else if (heardAtMs > lastMs + SAME_MS) {
        gapsMs.push(heardAtMs - lastMs);
        if (gapsMs.length > WINDOW) gapsMs.shift();
        lastMs = heardAtMs;
      }
      return gapsMs.length === 0 ? 0 : phi(nowMs - lastMs, gapsMs);
    },
  };
}

function phi(sinceMs: number, gapsMs: readonly number[]): number {
  const mean = gapsMs.reduce((sum, gap) => sum + gap, 0) / gapsMs.length;
  const variance = gapsMs.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gapsMs.length;
  const y = (sinceMs - mean) / Math.max(LEAST_DEVIATION_MS, Math.sqrt(variance));
  const e = Math.exp(-y * (1.5976 + 0.070566 * y * y));
  return y > 0 ? -Math.log10(e / (1 + e)) : -Math.log10(1 - 1 / (1 + e));
}
