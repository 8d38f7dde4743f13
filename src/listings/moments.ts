import { fourTuple } from '../model/socket.ts';
import type { Asked } from './asked.ts';
import { askedFor } from './asked-for.ts';
import { hasRows, type Section } from './section.ts';

/**
 * The newest of one host's listings where it was listed several times, as `netstat -c` and a loop do: those that
 * a later one repeats are left out, since their connections may be gone. Listings that complete one another,
 * such as `ss -4tan` and `ss -6tan` or the lines of one that others interrupt, all stay.
 */
export function newestOf(sections: readonly Section[]): readonly Section[] {
  if (sections.length < 2) return sections;
  const places = lastPlaces(sections);
  const headed = sections.findLastIndex((section) => hasRows(section) && isHeaded(section));
  // Its header alone may stand amid the rows of a sorted one.
  const whole = sections.findLastIndex((section) => {
    const asked = section.command !== null && hasRows(section) ? askedFor(section) : null;
    return asked !== null && isWhole(asked);
  });
  return sections.filter((section, at) => {
    const shared = section.sockets.reduce(
      (last, socket) => Math.max(last, places.get(fourTuple(socket)) ?? -1),
      -1,
    );
    return ![shared, isHeaded(section) ? headed : -1, whole].some((place) => {
      const later = place > at ? sections[place] : undefined;
      return later !== undefined && repeats(later, section);
    });
  });
}

/** In which section each socket is printed last. */
function lastPlaces(sections: readonly Section[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [at, { sockets }] of sections.entries())
    for (const socket of sockets) places.set(fourTuple(socket), at);
  return places;
}

function isHeaded({ header, tables }: Section): boolean {
  return header !== null || tables.size > 0;
}

function repeats(later: Section, earlier: Section): boolean {
  if (!hasRows(earlier)) return false;
  if ([...earlier.tables].some((table) => !later.tables.has(table))) return false;
  const said = askedFor(later);
  if (said !== null && isWhole(said)) return true;
  const again = later.command === null || later.command.text === earlier.command?.text;
  return again && showsKindsOf(later, said, earlier);
}

function isWhole({ listeners, connections, family, processes, filters }: Asked): boolean {
  return (
    listeners && connections && family === 'both' && processes === 'all' && filters.length === 0
  );
}

/** Whether listeners and connections are in the later listing, or were asked for, wherever they are in the earlier. */
function showsKindsOf(later: Section, said: Asked | null, earlier: Section): boolean {
  const has = ({ sockets }: Section, listening: boolean): boolean =>
    sockets.some(({ state }) => (state === 'listen') === listening);
  return [true, false].every(
    (listening) =>
      !has(earlier, listening) ||
      has(later, listening) ||
      (said !== null && (listening ? said.listeners : said.connections)),
  );
}
