import { parseArgs } from 'node:util';
import { didYouMean } from './nearest.ts';
import { ALL_OPTIONS, OPTIONS, type Option, type RunCommand } from './options.ts';
import { Problem, quote } from './problem.ts';
import { fromFlag, type Given, type GivenSettings } from './sources.ts';

export const COMMANDS = [
  'serve',
  'scan',
  'diagnose',
  'inject',
  'profiles',
  'schema',
  'completion',
] as const;
export type Command = (typeof COMMANDS)[number];

/** Commands with options of their own, which they read themselves. */
const OWN_WORDS_COMMANDS = ['diagnose', 'inject'] as const;
export type OwnWordsCommand = (typeof OWN_WORDS_COMMANDS)[number];

/** What the program prints schemas of. */
export const SCHEMAS = ['report', 'profile', 'hosts', 'ensemble', 'diagnosis'] as const;
export type SchemaName = (typeof SCHEMAS)[number];

/** The shells that `completion` writes for. */
export const SHELLS = ['bash', 'zsh'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the command line asks for, before any value is looked at. */
export type Arguments =
  /** `command` is `null` where none was named. */
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }
  /** `show` names the profile to print whole, or is `null` for the list of them. */
  | { readonly kind: 'profiles'; readonly show: string | null }
  | { readonly kind: 'schema'; readonly of: SchemaName }
  | { readonly kind: 'completion'; readonly shell: Shell }
  /** The words after it: the command reads them itself, with options of its own. */
  | { readonly kind: OwnWordsCommand; readonly words: readonly string[] }
  | { readonly kind: 'run'; readonly command: RunCommand; readonly flags: GivenSettings };

/** Reads the words after the program's name; throws a Problem for what no command knows. */
export function readArguments(argv: readonly string[]): Arguments {
  const own = OWN_WORDS_COMMANDS.find((command) => command === argv[0]);
  if (own !== undefined) return ownArguments(own, argv.slice(1));
  if (argv[0] === 'help') return helpArguments(argv.slice(1));
  const tokens = tokensOf(argv);
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const command = COMMANDS.find((candidate) => candidate === words[0]) ?? null;
  const flags = new Map<string, Given>();
  let version = false;
  let show: string | null = null;
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (token.rawName === '--help' || token.rawName === '-h') {
      checkCommand(words[0], command);
      return { kind: 'help', command };
    }
    if (token.rawName === '--version' || token.rawName === '-v') {
      version = true;
      continue;
    }
    if (token.rawName === '--show' && command === 'profiles') {
      show = shownName(token.value);
      continue;
    }
    const option = knownOption(token, command ?? 'serve', argv[token.index] ?? '');
    if (flags.has(option.name)) {
      throw new Problem(`--${option.name} is given twice; give it once`);
    }
    flags.set(option.name, fromFlag(option, textIn(token, option)));
  }
  // After the options: the value of a mistyped one stands here as a word.
  checkWords(words, command);
  if (version || words[0] === 'version') return { kind: 'version' };
  if (command === 'profiles') return { kind: 'profiles', show };
  if (command === 'schema') return { kind: 'schema', of: schemaNamed(words[1]) };
  if (command === 'completion') return { kind: 'completion', shell: shellNamed(words[1]) };
  if (command === 'inject' || command === 'diagnose') {
    throw new Problem(`${command} comes first; write its options after it`);
  }
  return { kind: 'run', command: command ?? 'serve', flags };
}

/** What is unknown is reported here, with what was probably meant. */
function tokensOf(argv: readonly string[]) {
  const options = ALL_OPTIONS.map(({ name, value }) => [
    name,
    { type: value === null ? ('boolean' as const) : ('string' as const) },
  ]);
  return parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(options),
      show: { type: 'string' as const },
      [OPTIONS.output.name]: { type: 'string' as const, short: 'o' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function helpArguments([word, more]: readonly string[]): Arguments {
  if (more !== undefined) throw new Problem(`unexpected argument ${quote(more)}; name one command`);
  const command = COMMANDS.find((candidate) => candidate === word) ?? null;
  checkCommand(word, command);
  return { kind: 'help', command };
}

function ownArguments(command: OwnWordsCommand, words: readonly string[]): Arguments {
  const asksForHelp = words.includes('--help') || words.includes('-h');
  return asksForHelp ? { kind: 'help', command } : { kind: command, words };
}

function shownName(name: string | undefined): string {
  if (name !== undefined && name.trim() !== '') return name.trim();
  throw new Problem('--show needs a value; write --show=NAME');
}

function schemaNamed(word: string | undefined): SchemaName {
  if (word === undefined) return 'report';
  const name = SCHEMAS.find((candidate) => candidate === word);
  if (name !== undefined) return name;
  throw new Problem(`there is no schema of ${quote(word)}; write ${SCHEMAS.join(' or ')}`);
}

function shellNamed(word: string | undefined): Shell {
  const shell = SHELLS.find((candidate) => candidate === word);
  if (shell !== undefined) return shell;
  const problem = word === undefined ? 'no shell is named' : `${quote(word)} is not supported`;
  throw new Problem(`completion: ${problem}; write completion ${SHELLS.join(' or completion ')}`);
}

/** Words that are understood beside the commands. */
const OTHER_WORDS = ['help', 'version'] as const;

function checkCommand(word: string | undefined, command: Command | null): void {
  if (word === undefined || command !== null || word === 'version') return;
  const meant = didYouMean(word, [...COMMANDS, ...OTHER_WORDS], '"quorum-probe help" lists them');
  throw new Problem(`unknown command ${quote(word)}; ${meant}`);
}

/** The commands that take a word after their name. */
const TAKES_WORD: readonly (Command | null)[] = ['schema', 'completion'];

function checkWords([first, second, third]: readonly string[], command: Command | null): void {
  checkCommand(first, command);
  const extra = TAKES_WORD.includes(command) ? third : second;
  if (extra !== undefined) {
    throw new Problem(
      `unexpected argument ${quote(extra)}; write options after the command, as --name=value`,
    );
  }
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function knownOption(token: OptionToken, command: Command, word: string): Option {
  const option =
    token.rawName === '-o'
      ? OPTIONS.output
      : ALL_OPTIONS.find(({ name }) => token.rawName === `--${name}`);
  const takes = (one: Option) => takesOption(command, one);
  if (option === undefined) {
    const written = word.split('=', 1)[0] ?? '';
    const flags = [
      ...ALL_OPTIONS.filter(takes).map(({ name }) => `--${name}`),
      '--help',
      '--version',
    ];
    const all = command === 'serve' ? 'quorum-probe --help' : `quorum-probe ${command} --help`;
    throw new Problem(
      `unknown option ${quote(written)}; ${didYouMean(written, flags, `"${all}" lists them`)}`,
    );
  }
  if (!takes(option)) {
    throw new Problem(
      `--${option.name} is not supported by ${command}; it is an option of ${option.commands.join(' and ')}`,
    );
  }
  return option;
}

/**
 * `scan` takes the agent's options too, though some have no effect on one look: a container's
 * arguments can be used for it as they stand.
 */
export function takesOption(command: Command, option: Option): boolean {
  switch (command) {
    case 'serve':
      return option.commands.includes('serve');
    case 'scan':
      return true;
    case 'diagnose':
    case 'inject':
    case 'profiles':
    case 'schema':
    case 'completion':
      return false;
  }
}

function textIn(token: OptionToken, option: Option): string {
  if (option.value === null) return token.value ?? 'true';
  const { value } = token;
  if (value === undefined || value.trim() === '') {
    throw new Problem(`--${option.name} needs a value; write --${option.name}=${option.value}`);
  }
  // "--members --json" is a forgotten value far more often than a value that begins with a dash.
  if (token.inlineValue === false && value.startsWith('-') && value !== '-') {
    throw new Problem(
      `--${option.name} needs a value, and ${quote(value)} looks like an option; write --${option.name}=${option.value}`,
    );
  }
  return value;
}
