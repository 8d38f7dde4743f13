import type { Asked } from './asked.ts';
import { ALL_KINDS, CONNECTIONS_ALONE, LISTENERS_ALONE } from './header.ts';
import type { Tool } from './rows.ts';
import { connectionSamples, listenerSamples, NO_PROGRAM, type Sample } from './sample.ts';
import { hasRows, type Section } from './section.ts';

/** Programs that a listing names are tried with the filters up to this many. */
const MAX_PROGRAMS = 6;

/** What was asked for to get a section's rows, by its command or its header; `null` where neither says. */
export function askedFor(section: Section): Asked | null {
  const { command, header, sockets } = section;
  const listens = sockets.some(({ state }) => state === 'listen');
  const connects = sockets.some(({ state }) => state !== 'listen');
  const fits = (asked: Asked): boolean =>
    (asked.listeners || !listens) && (asked.connections || !connects);
  if (command !== null && (hasRows(section) || section.ended)) {
    // Rows that the command does not print show that it is not what printed them.
    if (!section.contradicted && fits(command)) return command;
  }
  const said =
    header === 'servers-or-not' ? (listens ? LISTENERS_ALONE : CONNECTIONS_ALONE) : header;
  if (said !== null && fits(said)) return said;
  if (section.tables.size === 0 || !section.contiguous) return null;
  return { ...ALL_KINDS, family: section.tables.size > 1 ? 'both' : 'one' };
}

/** Whether a listener of the port would have been among the section's rows. */
export function showsListener(section: Section, asked: Asked, port: number): boolean {
  return (
    asked.listeners &&
    passes(section, asked, (tool, program) => listenerSamples(tool, port, program))
  );
}

/** Whether every connection of the port would have been among the section's rows. */
export function showsConnections(section: Section, asked: Asked, port: number): boolean {
  return (
    asked.connections &&
    passes(section, asked, (tool, program) => connectionSamples(tool, port, program))
  );
}

function passes(
  section: Section,
  { filters }: Asked,
  samplesOf: (tool: Tool, program: string) => readonly Sample[],
): boolean {
  if (filters.length === 0) return true;
  const tool = toolOf(section);
  return programsOf(section).some((program) =>
    samplesOf(tool, program).every((sample) =>
      filters.every((filter) => filter?.(sample) === true),
    ),
  );
}

function toolOf({ tools, command }: Section): Tool {
  const [seen] = tools;
  return seen ?? (command === null ? 'netstat' : command.tool);
}

function programsOf({ sockets }: Section): readonly string[] {
  const programs = new Set<string>([NO_PROGRAM]);
  for (const { owner } of sockets) {
    if (owner.kind === 'process' && programs.size < MAX_PROGRAMS) programs.add(owner.program);
  }
  return [...programs];
}
