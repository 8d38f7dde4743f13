import type { TcpState } from '../model/socket.ts';
import type { Asked } from './asked.ts';
import type { Filter } from './filters.ts';
import type { Sample } from './sample.ts';
import { portOfService } from './services.ts';
import { stateOfWord } from './states.ts';

/** Options that take the next word. */
const WITH_VALUE = /^(?:-[A-Za-z0-9]*[fADFN]|--family|--query|--socket|--filter|--net)$/;

/** What `ss` is asked for: of `-a` and `-l` the last one counts (`misc/ss.c`), then states, then an expression. */
export function ssAsked(args: readonly string[]): Asked {
  let shown: 'all' | 'listening' | 'open' = 'open';
  let oneFamily = false;
  let at = 0;
  for (; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) break;
    const letters = word.startsWith('--') ? (LONG.get(word) ?? '') : word.slice(1);
    for (const letter of letters) {
      if (letter === 'a') shown = 'all';
      if (letter === 'l') shown = 'listening';
      if (letter === '4' || letter === '6') oneFamily = true;
    }
    if (WITH_VALUE.test(word)) {
      at += 1;
      if (/f$|^--family$/.test(word)) oneFamily = true;
    }
  }
  const { states, rest } = statesOf(args.slice(at));
  const listeners = states === null ? shown !== 'open' : states.has('listen');
  const connections = states === null ? shown !== 'listening' : states.has('established');
  return {
    listeners,
    connections,
    family: oneFamily ? 'one' : 'both',
    processes: 'all',
    onlyState: states !== null && states.size === 1 ? ([...states][0] ?? null) : null,
    filters: rest.length === 0 ? [] : [expression(rest)],
  };
}

const LONG: ReadonlyMap<string, string> = new Map([
  ['--all', 'a'],
  ['--listening', 'l'],
  ['--ipv4', '4'],
  ['--ipv6', '6'],
]);

/** The groups of states that `ss` knows by a name, as far as listeners and connections tell them apart. */
const GROUPS: ReadonlyMap<string, readonly TcpState[]> = new Map<string, readonly TcpState[]>([
  ['all', ['listen', 'established']],
  ['connected', ['established', 'syn_sent']],
  ['synchronized', ['established', 'close_wait']],
  ['bucket', ['time_wait', 'syn_recv']],
  ['big', ['listen', 'established']],
]);

/** States of which no row may be missing. */
const KEPT: ReadonlySet<TcpState> = new Set<TcpState>(['listen', 'established', 'syn_sent']);

function statesOf(words: readonly string[]): {
  readonly states: ReadonlySet<TcpState> | null;
  readonly rest: readonly string[];
} {
  const states = new Set<TcpState>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word !== 'state' && word !== 'exclude') {
      rest.push(word);
      continue;
    }
    at += 1;
    const name = words[at] ?? '';
    const known = stateOfWord(name);
    const named = GROUPS.get(name) ?? (known === null ? [] : [known]);
    if (word === 'state') for (const state of named) states.add(state);
    // Whatever else is left out shows no member and no link that works.
    else if (named.length === 0 || named.some((state) => KEPT.has(state))) rest.push(word, name);
  }
  return { states: states.size === 0 ? null : states, rest };
}

type Test = (sample: Sample) => boolean;

/** `sport = :2181`, `dst 10.0.0.5:2888`, joined by `and`, `or`, `not` and parentheses; `null` for more than that. */
function expression(words: readonly string[]): Filter {
  const tokens = words
    .join(' ')
    .replace(/([()!]|[=<>]=?|&&?|\|\|?)/g, ' $1 ')
    .replace(/! +=/g, '!=')
    .split(/\s+/)
    .filter((token) => token !== '');
  let at = 0;
  let depth = 0;
  const take = (): string => tokens[at++] ?? '';
  const either = (): Test | null => {
    let left = both();
    while (left !== null && /^(?:or|\|\|?)$/.test(tokens[at] ?? '')) {
      at += 1;
      left = joined(left, both(), (a, b) => a || b);
    }
    return left;
  };
  const both = (): Test | null => {
    let left = one();
    while (left !== null && at < tokens.length && !/^(?:or|\|\|?|\))$/.test(tokens[at] ?? '')) {
      if (/^(?:and|&&?)$/.test(tokens[at] ?? '')) at += 1;
      left = joined(left, one(), (a, b) => a && b);
    }
    return left;
  };
  const one = (): Test | null => {
    depth += 1;
    if (depth > 50) return null;
    const word = take();
    if (word === 'not' || word === '!') {
      const inner = one();
      return inner === null ? null : (sample) => !inner(sample);
    }
    if (word === '(') {
      const inner = either();
      return take() === ')' ? inner : null;
    }
    return primary(word, take);
  };
  const test = either();
  return test === null || at < tokens.length ? null : test;
}

function joined(a: Test, b: Test | null, how: (a: boolean, b: boolean) => boolean): Test | null {
  return b === null ? null : (sample) => how(a(sample), b(sample));
}

/** `sport`, `dport`, `src`, `dst` with what follows them. */
function primary(word: string, take: () => string): Test | null {
  const end =
    word === 'sport' || word === 'src'
      ? 'local'
      : word === 'dport' || word === 'dst'
        ? 'remote'
        : null;
  if (end === null) return null;
  let text = take();
  let unequal = false;
  if (/^(?:=|==|eq)$/.test(text)) text = take();
  else if (/^(?:!=|ne|neq)$/.test(text)) {
    unequal = true;
    text = take();
  } else if (word.endsWith('port')) return null;
  const colon = text.lastIndexOf(':');
  const address = text.slice(0, Math.max(colon, 0));
  const service = colon === -1 && !word.endsWith('port') ? '' : text.slice(colon + 1);
  const host = colon === -1 && !word.endsWith('port') ? text : address;
  const port =
    service === '' || service === '*'
      ? null
      : /^\d+$/.test(service)
        ? Number(service)
        : portOfService(service);
  if (service !== '' && service !== '*' && port === null) return null;
  return (sample) => {
    const same =
      (port === null || sample[end].port === port) &&
      (host === '' || host === '*' || sample[end].address === host);
    return same !== unequal;
  };
}
