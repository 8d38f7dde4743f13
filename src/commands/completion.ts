import {
  COMMANDS,
  type Command,
  SCHEMAS,
  SHELLS,
  type Shell,
  takesOption,
} from '../config/arguments.ts';
import { DIAGNOSE_OPTIONS } from '../config/diagnose-options.ts';
import { INJECT_OPTIONS } from '../config/inject-options.ts';
import { ALL_OPTIONS } from '../config/options.ts';
import { AUTO_PROFILE } from '../config/profile-names.ts';
import { PROFILES } from '../profiles/index.ts';

interface Completed {
  readonly name: string;
  /** As help writes it: `table|json|short` are words to choose from. */
  readonly value: string | null;
}

/** A script that completes the program's commands, options and the words that an option takes. */
export function completionScript(shell: Shell): string {
  const bash = bashScript();
  // zsh runs bash's completions itself: https://zsh.sourceforge.io/Doc/Release/Completion-System.html
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function bashScript(): string {
  const words = [...COMMANDS, 'help', 'version'];
  return `_quorum_probe() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=serve word words=
  # bash takes the = of --name=value for a word of its own.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${words.join('|')}) command=$word; break ;;
    esac
  done
  case $command:$prev in
${valueCases()}
    *) case $command in
${commandCases()}
    esac ;;
  esac
  if [[ $COMP_CWORD == 1 ]]; then words="${words.join(' ')} $words"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _quorum_probe quorum-probe
`;
}

/** What may follow an option that takes one of some words. */
function valueCases(): string {
  const cases = COMMANDS.flatMap((command) =>
    optionsOf(command).flatMap((option) => {
      const words = wordsFor(command, option);
      return words.length === 0
        ? []
        : [`    ${command}:--${option.name}) words="${words.join(' ')}" ;;`];
    }),
  );
  return [...cases, '    scan:-o|diagnose:-o) words="table json short" ;;'].join('\n');
}

function wordsFor(command: Command, { name, value }: Completed): readonly string[] {
  if (name === 'show' || (name === 'profile' && command === 'serve')) return [...PROFILES.keys()];
  if (name === 'profile') return [AUTO_PROFILE, ...PROFILES.keys()];
  return value !== null && /^[a-z]+(?:\|[a-z]+)+$/.test(value) ? value.split('|') : [];
}

function commandCases(): string {
  const cases = COMMANDS.map((command) => {
    const flags = optionsOf(command).map(({ name }) => `--${name}`);
    return `      ${command}) words="${[...argumentsOf(command), ...flags, '--help'].join(' ')}" ;;`;
  });
  return [...cases, `      help) words="${COMMANDS.join(' ')}" ;;`].join('\n');
}

function argumentsOf(command: Command): readonly string[] {
  if (command === 'schema') return SCHEMAS;
  return command === 'completion' ? SHELLS : [];
}

function optionsOf(command: Command): readonly Completed[] {
  switch (command) {
    case 'serve':
    case 'scan':
      return ALL_OPTIONS.filter((option) => takesOption(command, option));
    case 'diagnose':
      return DIAGNOSE_OPTIONS;
    case 'inject':
      return INJECT_OPTIONS;
    case 'profiles':
      return [{ name: 'show', value: 'NAME' }];
    case 'schema':
    case 'completion':
      return [];
  }
}
