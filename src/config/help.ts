import { columns, WIDTH, wrap } from '../layout.ts';
import { type Command, takesOption } from './arguments.ts';
import { INJECT_OPTIONS } from './inject-options.ts';
import { ALL_OPTIONS, GROUPS, type Option, type RunCommand } from './options.ts';

const USAGE: Readonly<Record<Command, string>> = {
  serve: 'quorum-probe [serve] [options]',
  scan: 'quorum-probe scan [--json] [--proc DIR | --input FILE|-] [options]',
  inject: 'quorum-probe inject [FILE|-] [options]',
  profiles: 'quorum-probe profiles [--show NAME]',
  schema: 'quorum-probe schema [report|profile]',
};

const PURPOSE: Readonly<Record<Command, string>> = {
  serve: 'Watch this pod and serve health, metrics, the report and a page.',
  scan: 'Look once and print what is seen.',
  inject: 'Add the probe to the StatefulSets of manifests, or take it out.',
  profiles: 'List the built-in profiles, or print one as YAML.',
  schema: 'Print the JSON Schema of the report or of a profile.',
};

const EXIT_CODES: Readonly<Record<Command, string>> = {
  serve: '0 stopped, 1 crashed, 2 could not start or bad usage',
  scan: '0 ready, 1 not ready, 2 cannot be told (with a report) or bad usage (without)',
  inject: '0 done, 2 bad usage or input not understood (with nothing on standard output)',
  profiles: '0, or 2 for bad usage',
  schema: '0, or 2 for bad usage',
};

const SETTINGS_NOTE = [
  'A LIST has commas between its entries; a TIME is written as 500ms, 5s or 1m.',
  'Each option is also read from the environment, as QUORUM_PROBE_POD_NAME for --pod-name, and from the',
  'file of --config, as pod-name. A flag outranks the environment, and the environment the file.',
].join('\n');

/** What `--help` prints: of one command, or of the whole program. */
export function helpText(command: Command | null): string {
  return command === null ? overview() : commandHelp(command);
}

function overview(): string {
  return paragraphs([
    "quorum-probe tells from a pod's own socket table whether a clustered service's member is really\nconnected to its quorum, and if not, why.",
    section(
      'Usage',
      Object.values(USAGE).map((usage) => `  ${usage}`),
    ),
    section('Commands', [
      ...columns(Object.entries(PURPOSE)),
      '',
      '  Without a command: serve. "quorum-probe COMMAND --help" tells more.',
    ]),
    ...optionSections(ALL_OPTIONS, (option) => {
      const [only, other] = option.commands;
      return only !== undefined && other === undefined ? ` [${only}]` : '';
    }),
    GENERAL_OPTIONS,
    SETTINGS_NOTE,
  ]);
}

function commandHelp(command: Command): string {
  const head = [PURPOSE[command], `Usage: ${USAGE[command]}`];
  const tail = [GENERAL_OPTIONS, `Exit codes: ${EXIT_CODES[command]}.`];
  if (command === 'inject') return paragraphs([...head, INJECT_NOTE, injectOptions(), ...tail]);
  if (command !== 'serve' && command !== 'scan') return paragraphs([...head, ...tail]);
  return paragraphs([
    ...head,
    ...optionSections(ALL_OPTIONS.filter((option) => option.commands.includes(command))),
    ...withoutEffect(command),
    SETTINGS_NOTE,
    ...tail,
  ]);
}

const INJECT_NOTE = [
  'Reads YAML or JSON from FILE or standard input and prints it with the changes; the rest stays byte',
  'for byte. What was changed, and what should be, is printed on standard error.',
].join('\n');

function injectOptions(): string {
  return section(
    'Options',
    columns(INJECT_OPTIONS.map((option) => [flagWithValue(option), option.help])),
  );
}

const GENERAL_OPTIONS = section('General', [
  ...columns([
    ['-h, --help', 'Print this help; after a command, of that command.'],
    ['--version', 'Print the version.'],
  ]),
]);

function optionSections(
  options: readonly Option[],
  note: (option: Option) => string = () => '',
): readonly string[] {
  return GROUPS.flatMap((group) => {
    const rows = options
      .filter((option) => option.group === group)
      .map((option): [string, string] => [
        flagWithValue(option),
        option.help + defaultNote(option) + note(option),
      ]);
    return rows.length === 0 ? [] : [section(group, columns(rows))];
  });
}

/** An option as it is written on the command line, with what stands for its value. */
export function flagWithValue(option: Pick<Option, 'name' | 'value'>): string {
  return `--${option.name}${option.value === null ? '' : ` ${option.value}`}`;
}

function defaultNote(option: Option): string {
  return option.default === null || option.value === null ? '' : ` (${option.default})`;
}

function withoutEffect(command: RunCommand): readonly string[] {
  const names = ALL_OPTIONS.filter(
    (option) => takesOption(command, option) && !option.commands.includes(command),
  ).map(({ name }) => `--${name}`);
  if (names.length === 0) return [];
  return [
    wrap(
      `Taken too, so that the agent's arguments can be used as they are, but without effect on one look: ${names.join(', ')}.`,
      WIDTH,
    ).join('\n'),
  ];
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines].join('\n');
}
