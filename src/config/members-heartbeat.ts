import type { Heartbeat } from '../model/profile.ts';
import { lastValue, type Property } from './properties.ts';

/** The tick where a zoo.cfg does not set it (`DEFAULT_TICK_TIME` of `ZooKeeperServer`). */
const DEFAULT_TICK_MS = 3_000;
/** As many ticks of silence as `zoo_sample.cfg` and the images allow; the server itself has no default. */
const USUAL_SYNC_LIMIT = 5;

/**
 * A leader pings its learners each half tick, and who hears nothing for `syncLimit` ticks gives up. `null`
 * for a dynamic file, which holds neither, and where the server would refuse the figures.
 */
export function heartbeatIn(
  properties: readonly Property[],
): Pick<Heartbeat, 'everyMs' | 'bearsMs'> | null {
  const tick = lastValue(properties, 'tickTime');
  const limit = lastValue(properties, 'syncLimit');
  if (tick === null && limit === null) return null;
  const tickMs = tick === null ? DEFAULT_TICK_MS : figureOf(tick);
  const ticks = limit === null ? USUAL_SYNC_LIMIT : figureOf(limit);
  return tickMs === null || ticks === null
    ? null
    : { everyMs: Math.max(1, Math.floor(tickMs / 2)), bearsMs: ticks * tickMs };
}

function figureOf(value: string): number | null {
  return /^[1-9]\d{0,6}$/.test(value) ? Number(value) : null;
}
