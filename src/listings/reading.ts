import type { Socket } from '../model/socket.ts';
import { newSection, type Section } from './section.ts';

/** How far a text was read, and what its last lines mean for the next one. */
export interface Reading {
  readonly sections: Section[];
  /** True once there are too many sections. */
  full: boolean;
  datagramTable: boolean;
  stateless: boolean;
  ignoredLines: number;
  /** The beginning of a row that a mailer wrapped. */
  partial: string | null;
  /** The socket whose details, as `ss -i` prints them, the next indented lines are. */
  described: { readonly sockets: Socket[]; readonly at: number } | null;
  /** What the last line was that says something: of a listing, then blank; or of another text. */
  near: 'listing' | 'blank' | 'other';
  /** A mark stands for rows that were left out, where rows follow it. */
  marked: boolean;
  /** Where the right edge of a terminal cut the header and with it the rows; `null` where it did not. */
  edge: number | null;
  /** The slot that the next row of a table of `/proc/net` bears if none is left out. */
  nextSlot: number;
}

/** Before the first line. */
export function newReading(): Reading {
  return {
    sections: [newSection(null, null)],
    full: false,
    datagramTable: false,
    stateless: false,
    ignoredLines: 0,
    partial: null,
    described: null,
    near: 'other',
    marked: false,
    edge: null,
    nextSlot: 0,
  };
}

/** More commands and headers than in any paste: what follows is not read. */
const MAX_SECTIONS = 1000;

/** Begins a section, where there is room for one more. */
export function begin(reading: Reading, section: Section): Section {
  const { sections } = reading;
  reading.marked = false;
  if (sections.length < MAX_SECTIONS) sections.push(section);
  else {
    reading.full = true;
    current(reading).unread.push({ reason: 'long', ports: 'any', text: 'more than 1000 listings' });
  }
  return current(reading);
}

/** The section to which the next row belongs. */
export function current({ sections }: Reading): Section {
  return sections.at(-1) ?? newSection(null, null);
}
