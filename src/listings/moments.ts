import type { Asked } from './asked.ts';
import { askedFor } from './asked-for.ts';
import { hasRows, type Section } from './section.ts';

/**
 * The newest of one host's listings where it was listed several times, as `netstat -c` and a loop do: those that
 * a later one repeats are left out, since their connections may be gone. Listings that complete one another,
 * such as `ss -4tan` and `ss -6tan`, all stay.
 */
export function newestOf(sections: readonly Section[]): readonly Section[] {
  return sections.filter(
    (section, at) => !sections.slice(at + 1).some((later) => repeats(later, section)),
  );
}

function repeats(later: Section, earlier: Section): boolean {
  if (!hasRows(later) || !hasRows(earlier)) return false;
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
