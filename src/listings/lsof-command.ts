import type { Asked } from './asked.ts';
import type { Filter } from './filters.ts';
import type { Sample } from './sample.ts';
import { portOfService } from './services.ts';

/**
 * What `lsof` is asked for: `-i` with its condition, states, processes; without `-a` selections are joined by "or".
 * Only for root does it list other users' sockets.
 */
export function lsofAsked(args: readonly string[], byRoot: boolean): Asked {
  const { flags, internet, states, selectsOthers } = lsofWords(args);
  const joinedByAnd = flags.has('a');
  const selectsProcesses = ['p', 'c', 'u'].some((flag) => flags.has(flag));
  const listening = states !== null && /:\^?.*LISTEN/i.test(states);
  const excluded = states?.includes('^') === true;
  const everything =
    internet.length === 0 || (selectsOthers && !joinedByAnd && internet.includes(''));
  return {
    listeners: states === null || (listening && !excluded),
    connections: states === null || !listening || excluded,
    family: internet.some((value) => /^[46]/.test(value)) ? 'one' : 'both',
    processes:
      !byRoot || (selectsProcesses && (joinedByAnd || internet.length === 0)) ? 'some' : 'all',
    onlyState: null,
    filters: [
      ...(everything ? [] : [anyCondition(internet.map(conditionOf))]),
      ...(flags.has('t') ? [null] : []),
    ],
  };
}

interface LsofWords {
  readonly flags: ReadonlySet<string>;
  /** The value of each `-i`. */
  readonly internet: readonly string[];
  /** The value of `-s`. */
  readonly states: string | null;
  /** Whether something else than `-i` and `-s` selects files. */
  readonly selectsOthers: boolean;
}

/** Flags may stand together; the first that takes a value ends the word, which holds that value or the next word does. */
function lsofWords(args: readonly string[]): LsofWords {
  const flags = new Set<string>();
  const internet: string[] = [];
  let states: string | null = null;
  let selectsOthers = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) continue;
    const valued = word.slice(1).search(/[ipcusdD+]/) + 1;
    for (const flag of word.slice(1, valued === 0 ? undefined : valued + 1)) flags.add(flag);
    if (valued === 0) continue;
    let value = word.slice(valued + 1);
    const next = args[at + 1];
    if (value === '' && next !== undefined && !next.startsWith('-')) {
      value = next;
      at += 1;
    }
    const flag = word.charAt(valued);
    if (flag === 'i') internet.push(value);
    else if (flag === 's') states = value;
    else selectsOthers = true;
  }
  return { flags, internet, states, selectsOthers };
}

function anyCondition(conditions: readonly Filter[]): Filter {
  const known = conditions.filter((condition) => condition !== null);
  if (known.length < conditions.length) return null;
  return (sample) => known.some((condition) => condition(sample));
}

/** `[46][TCP][@HOST][:PORTS]`: a socket is shown where either of its ends fits. */
function conditionOf(value: string): Filter {
  const match =
    /^[46]?(tcp|udp)?(?:@([^:[\]]{1,100}|\[[^\]]{1,60}\]))?(?::([\w,.-]{1,200}))?$/i.exec(value);
  if (match === null) return null;
  const [, protocol = 'tcp', host, list] = match;
  if (protocol.toLowerCase() === 'udp') return () => false;
  const ports = list === undefined ? null : rangesOf(list);
  if (list !== undefined && ports === null) return null;
  return ({ local, remote }: Sample) =>
    [local, remote].some(
      (end) =>
        (host === undefined || end.address === host) &&
        (ports === null || ports.some(([first, last]) => first <= end.port && end.port <= last)),
    );
}

type Range = readonly [first: number, last: number];

function rangesOf(list: string): readonly Range[] | null {
  const ranges: Range[] = [];
  for (const part of list.split(',')) {
    const numbers = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const port = numbers === null ? portOfService(part) : Number(numbers[1]);
    if (port === null) return null;
    ranges.push([port, numbers?.[2] === undefined ? port : Number(numbers[2])]);
  }
  return ranges;
}
