import type { Asked } from './asked.ts';
import { type Filter, filterOf } from './filters.ts';
import { lsofAsked } from './lsof-command.ts';
import { pipelineOf } from './shell.ts';
import { ssAsked } from './ss-command.ts';

export type CommandTool = 'netstat' | 'ss' | 'lsof' | 'proc';

/** A command line that prints sockets, as it stands in the paste. */
export interface Command extends Asked {
  readonly tool: CommandTool;
  readonly text: string;
}

const ANY_TOOL = /netstat|ss|lsof|\/proc\//i;
const TOOL = /(?:^|[\s;&|`'"(（:：#$%>\]/\\])(netstat|ss|lsof)(?:\.exe)?(?=$|[\s`'"|])/gi;
const PROC =
  /(?:^|[\s;&|`'"(])(cat|more|less|head|tail|grep|egrep)\s[^|;]{0,200}?\/proc\/[\w/*$]{0,40}net\/tcp/g;

/**
 * The last command in a line that lists sockets, or `null`. What stands before it, a prompt, `sudo`, `kubectl
 * exec POD --`, may be anything; a tool's name in a sentence is no command, unless options follow it.
 */
export function commandIn(line: string): Command | null {
  if (!ANY_TOOL.test(line)) return null;
  const proc = [...line.slice(0, 4000).matchAll(PROC)].at(-1);
  if (proc !== undefined) return procCommand(line.slice(proc.index).replace(/^[^\w]/, ''));
  for (const match of [...line.slice(0, 4000).matchAll(TOOL)].reverse()) {
    const [found, name = ''] = match;
    const at = match.index + found.toLowerCase().lastIndexOf(name.toLowerCase());
    const text = line.slice(at);
    const before = line.slice(0, at);
    const command = toolCommand(text, before);
    if (command !== null) return command;
  }
  return null;
}

function toolCommand(text: string, before: string): Command | null {
  const [words = [], ...rest] = pipelineOf(text);
  const [name = '', ...args] = words;
  const tool = name.toLowerCase().replace(/\.exe$/, '');
  const hasOptions = args[0]?.startsWith('-') === true;
  const atPrompt = /(?:^|[$#%>]\s?|\bsudo\s|--\s)$/.test(before.slice(-40).trimStart());
  if (!hasOptions && !(atPrompt && (args.length === 0 || tool === 'ss'))) return null;
  const asked = askedOf(tool, args, before);
  if (asked === null) return null;
  return {
    ...asked,
    tool: tool === 'ss' ? 'ss' : tool === 'lsof' ? 'lsof' : 'netstat',
    text: text.slice(0, 200).trim(),
    filters: [
      ...asked.filters,
      ...rest.map((piped) => filterOf(piped, tool === 'netstat' ? 2 : 1)),
    ],
  };
}

function askedOf(tool: string, args: readonly string[], before: string): Asked | null {
  if (tool === 'ss') return ssAsked(args);
  return tool === 'lsof' ? lsofAsked(args, ROOT.test(before.slice(-200))) : netstatAsked(args);
}

/** `sudo`, or root's prompt. */
const ROOT = /\b(?:sudo|doas)\b|\broot@|#\s*$/;

const LONG_NETSTAT: readonly (readonly [string, string])[] = [
  ['--all', 'a'],
  ['--listening', 'l'],
  ['--inet', '4'],
  ['--inet6', '6'],
];

/** `netstat` of net-tools, busybox, BSD and Windows: listeners need `-a` or `-l`, and `-l` alone leaves out the rest. */
function netstatAsked(args: readonly string[]): Asked {
  const flags = new Set<string>();
  let oneFamily = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word.startsWith('--')) {
      for (const [long, short] of LONG_NETSTAT) if (word === long) flags.add(short);
    } else if (word.startsWith('-') || word.startsWith('/')) {
      for (const flag of word.slice(1)) flags.add(flag);
      const next = args[at + 1] ?? '';
      if (/[fA]$/.test(word)) oneFamily ||= /^inet6?$/.test(next) && word.endsWith('f');
      if (/[fAp]$/.test(word) && /^(?:inet6?|tcp[46]?|tcpv6)$/i.test(next)) at += 1;
    }
  }
  const all = flags.has('a');
  return {
    listeners: all || flags.has('l'),
    connections: all || !flags.has('l'),
    family: oneFamily || flags.has('4') || flags.has('6') ? 'one' : 'both',
    processes: 'all',
    onlyState: null,
    filters: [],
  };
}

function procCommand(text: string): Command {
  const [words = [], ...rest] = pipelineOf(text);
  const files = words.filter((word) => word.includes('/net/tcp'));
  const both = files.some((file) => file.endsWith('tcp*')) || files.length > 1;
  const greps = words[0] === 'grep' || words[0] === 'egrep';
  const cut = words[0] === 'head' || words[0] === 'tail';
  const first: Filter[] = greps
    ? [filterOf(words.filter((word) => !word.includes('/net/tcp')))]
    : cut
      ? [null]
      : [];
  return {
    tool: 'proc',
    text: text.slice(0, 200).trim(),
    listeners: true,
    connections: true,
    family: both ? 'both' : 'one',
    processes: 'all',
    onlyState: null,
    filters: [...first, ...rest.map((piped) => filterOf(piped))],
  };
}
