import type { Socket } from '../model/socket.ts';
import type { Asked } from './asked.ts';
import type { Command } from './command.ts';
import type { UnreadReason } from './row.ts';
import type { Tool } from './rows.ts';

/** A row that was not read. */
export interface UnreadRow {
  readonly reason: UnreadReason;
  readonly ports: readonly number[] | 'any';
  /** The beginning of its line. */
  readonly text: string;
}

/** What one command printed, or one stretch of a paste between two headers. */
export interface Section {
  /** The host that a prompt, a heading or a prefix names. */
  readonly host: string | null;
  readonly command: Command | null;
  /** What the header says was asked for. */
  header: Asked | 'servers-or-not' | null;
  readonly sockets: Socket[];
  readonly unread: UnreadRow[];
  readonly tools: Set<Tool>;
  /** Ports of rows in which an address may be cut short. */
  readonly cutPorts: Set<number>;
  /** Rows in which a name stands for a number, read or not. */
  namedRows: number;
  /** The tables of `/proc/net` whose headers were seen. */
  readonly tables: Set<4 | 6>;
  /** False where a table's slot numbers leave rows out. */
  contiguous: boolean;
  /** A row that the command's filters would not have passed: the command did not print it. */
  contradicted: boolean;
  /** A line says that rows were left out in its place. */
  omits: boolean;
  /** Another prompt follows, so that the end of its output was pasted. */
  ended: boolean;
}

export function newSection(host: string | null, command: Command | null): Section {
  return {
    host,
    command,
    header: null,
    sockets: [],
    unread: [],
    tools: new Set(),
    cutPorts: new Set(),
    namedRows: 0,
    tables: new Set(),
    contiguous: true,
    contradicted: false,
    omits: false,
    ended: false,
  };
}

/** Whether anything of TCP was printed. */
export function hasRows(section: Section): boolean {
  return section.sockets.length > 0 || section.unread.length > 0;
}
