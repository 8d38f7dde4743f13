import type { Settings } from '../model/settings.ts';
import { OPTIONS } from './options.ts';
import { Problem } from './problem.ts';
import { type GivenSettings, givenIn, valueIn, whereOf } from './sources.ts';

/** Where and how it is listened. Two listeners cannot share a port, unless each has an address of its own. */
export function listenSettings(
  settings: GivenSettings,
): Pick<Settings, 'listen' | 'listenHealth' | 'webConfig'> {
  const listen = valueIn(settings, OPTIONS.listen);
  const listenHealth = givenIn(settings, OPTIONS.listenHealth);
  const apart =
    listenHealth === null ||
    listenHealth.port === 0 ||
    listenHealth.port !== listen.port ||
    (listen.host !== null && listenHealth.host !== null && listenHealth.host !== listen.host);
  if (!apart) {
    throw new Problem(
      `${whereOf(settings, OPTIONS.listenHealth)} has port ${listen.port}, which --listen uses; choose another`,
    );
  }
  return { listen, listenHealth, webConfig: givenIn(settings, OPTIONS.webConfig) };
}
