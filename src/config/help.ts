import { columns, hanging, wrap } from '../layout.ts';
import { type Command, takesOption } from './arguments.ts';
import { DIAGNOSE_OPTIONS } from './diagnose-options.ts';
import { EXAMPLES, EXIT_CODES, PURPOSE, USAGE } from './help-words.ts';
import { INJECT_OPTIONS } from './inject-options.ts';
import { ALL_OPTIONS, GROUPS, type Option, type RunCommand } from './options.ts';

/** What `--help` prints: of one command, or of the whole program, in lines of at most `width` but for commands to paste. */
export function helpText(command: Command | null, width: number): string {
  return command === null ? overview(width) : commandHelp(command, width);
}

function overview(width: number): string {
  return paragraphs([
    prose(
      "quorum-probe reports, from a pod's own socket table, whether a clustered service's member is really connected to its quorum, and if not, why.",
      width,
    ),
    section(
      'Usage',
      Object.values(USAGE).flatMap((usage) => hanging('  ', '      ', usage, width)),
    ),
    section('Commands', [
      ...columns([...Object.entries(PURPOSE), ...OTHER_COMMANDS], width),
      '',
      ...hanging(
        '  ',
        '  ',
        'Without a command: serve. "quorum-probe help COMMAND" has examples.',
        width,
      ),
    ]),
    ...optionSections(ALL_OPTIONS, width, (option) => {
      const [only, other] = option.commands;
      return only !== undefined && other === undefined ? ` [${only}]` : '';
    }),
    general(width),
    prose(SETTINGS_NOTE, width),
  ]);
}

const OTHER_COMMANDS: readonly (readonly [string, string])[] = [
  ['help', 'Print this help; "help COMMAND" prints the help of that command.'],
  ['version', 'Print the version.'],
];

const SETTINGS_NOTE =
  'A LIST has commas between its entries. A TIME is written as 500ms, 5s or 1m. Each option can also be set in the environment, as QUORUM_PROBE_POD_NAME for --pod-name, and in the file of --config, as pod-name. A flag overrides the environment, and the environment overrides the file.';

function commandHelp(command: Command, width: number): string {
  return paragraphs([
    prose(PURPOSE[command], width),
    hanging('Usage: ', '    ', USAGE[command], width).join('\n'),
    section('Examples', examples(command, width)),
    ...optionParts(command, width),
    general(width),
    prose(`Exit codes: ${EXIT_CODES[command]}.`, width),
  ]);
}

function examples(command: Command, width: number): readonly string[] {
  return EXAMPLES[command].flatMap(({ does, type }) => [
    ...hanging('  # ', '  # ', does, width),
    ...type.split('\n').map((line) => `  ${line}`),
  ]);
}

function optionParts(command: Command, width: number): readonly string[] {
  switch (command) {
    case 'serve':
    case 'scan':
      return [
        ...optionSections(
          ALL_OPTIONS.filter((option) => option.commands.includes(command)),
          width,
        ),
        ...withoutEffect(command, width),
        prose(SETTINGS_NOTE, width),
      ];
    case 'diagnose':
      return [
        prose(
          'Uses the kubectl on the PATH with your own rights: kubectl exec … cat /proc/net/… in each pod, twice; kubectl port-forward for what the servers report about themselves; and kubectl get for Services, endpoints and the like. Nothing is installed, and nothing is changed unless --debug-image is given.',
          width,
        ),
        section(
          'Options',
          columns(
            DIAGNOSE_OPTIONS.map((option) => [flagsWithValue(option), option.help]),
            width,
          ),
        ),
      ];
    case 'inject':
      return [
        prose(
          'Reads YAML or JSON from FILE or standard input and prints it with the changes; the rest stays the same, byte for byte. Standard error says what was changed, and what else you should change.',
          width,
        ),
        section(
          'Options',
          columns(
            INJECT_OPTIONS.map((option) => [flagWithValue(option), option.help]),
            width,
          ),
        ),
      ];
    case 'profiles':
    case 'schema':
    case 'completion':
      return [];
  }
}

function general(width: number): string {
  return section(
    'General',
    columns(
      [
        ['-h, --help', 'Print this help, or that of the command before it.'],
        ['-v, --version', 'Print the version.'],
      ],
      width,
    ),
  );
}

function optionSections(
  options: readonly Option[],
  width: number,
  note: (option: Option) => string = () => '',
): readonly string[] {
  return GROUPS.flatMap((group) => {
    const rows = options
      .filter((option) => option.group === group)
      .map((option): [string, string] => [
        flagWithValue(option),
        option.help + defaultNote(option) + note(option),
      ]);
    return rows.length === 0 ? [] : [section(group, columns(rows, width))];
  });
}

/** An option as it is written on the command line, with what stands for its value. */
export function flagWithValue(option: Pick<Option, 'name' | 'value'>): string {
  return `--${option.name}${option.value === null ? '' : ` ${option.value}`}`;
}

/** The same with the letter that stands for it, where there is one. */
export function flagsWithValue(
  option: Pick<Option, 'name' | 'value'> & { readonly short: string | null },
): string {
  return `${option.short === null ? '' : `-${option.short}, `}${flagWithValue(option)}`;
}

function defaultNote(option: Option): string {
  return option.default === null || option.value === null ? '' : ` (${option.default})`;
}

function withoutEffect(command: RunCommand, width: number): readonly string[] {
  const names = ALL_OPTIONS.filter(
    (option) => takesOption(command, option) && !option.commands.includes(command),
  ).map(({ name }) => `--${name}`);
  return names.length === 0 ? [] : [prose(`Accepted and ignored: ${names.join(', ')}.`, width)];
}

function prose(text: string, width: number): string {
  return wrap(text, width).join('\n');
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines].join('\n');
}
