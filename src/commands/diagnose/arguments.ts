import {
  DIAGNOSE_OPTIONS,
  type DiagnoseOption,
  type DiagnoseOptionName,
} from '../../config/diagnose-options.ts';
import { didYouMean } from '../../config/nearest.ts';
import { optionWords } from '../../config/option-words.ts';
import { OPTIONS } from '../../config/options.ts';
import { checkPorts } from '../../config/ports.ts';
import { Problem, quote } from '../../config/problem.ts';
import { AUTO_PROFILE, builtIn } from '../../config/profile-names.ts';
import type { Profile } from '../../model/profile.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { type PortOverride, withPorts } from '../../profiles/index.ts';
import { type Target, targetFrom } from './target.ts';

export const OUTPUTS = ['table', 'json', 'short'] as const;
export type Output = (typeof OUTPUTS)[number];

/** What `diagnose` is to do. */
export interface DiagnoseSettings {
  readonly source:
    | {
        readonly kind: 'cluster';
        readonly target: Target;
        /** Flags that go with every call of kubectl. */
        readonly flags: readonly string[];
        readonly debugImage: string | null;
        readonly save: string | null;
        readonly watch: boolean;
      }
    | { readonly kind: 'folder'; readonly path: string };
  readonly output: Output;
  readonly given: GivenByHand;
}

/** What would else be found out. */
export interface GivenByHand {
  readonly profile: Profile | null;
  /** Whether the ports that listen in the pods may show the system where Kubernetes' own words do not. */
  readonly auto: boolean;
  readonly ports: PortOverride | null;
  readonly members: readonly string[] | null;
  readonly observers: readonly string[];
  readonly size: number | null;
  readonly mesh: JudgeSettings['mesh'];
}

/** Reads the words after `diagnose`; throws a Problem that says what to write instead. */
export function readDiagnoseArguments(words: readonly string[]): DiagnoseSettings {
  const { given, targets } = readWords(words);
  const output = outputFrom(given);
  const byHand = givenByHand(given);
  const from = given.get('from');
  if (from !== undefined) {
    const other = (
      ['selector', 'namespace', 'context', 'kubeconfig', 'debug-image', 'save', 'watch'] as const
    ).find((name) => given.has(name));
    if (other !== undefined) {
      throw new Problem(
        `--${other} has no effect with --from, which asks no cluster; leave it out`,
      );
    }
    if (targets[0] !== undefined) {
      throw new Problem(`unexpected argument ${quote(targets[0])}: --from judges the folder alone`);
    }
    return { source: { kind: 'folder', path: from }, output, given: byHand };
  }
  const flags = (['context', 'kubeconfig', 'namespace'] as const).flatMap((name) => {
    const value = given.get(name);
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  if (given.has('watch') && given.has('save')) {
    throw new Problem('--save and --watch exclude each other; give one of them');
  }
  return {
    source: {
      kind: 'cluster',
      target: targetFrom(targets, given.get('selector') ?? null),
      flags,
      debugImage: given.get('debug-image') ?? null,
      save: given.get('save') ?? null,
      watch: given.has('watch'),
    },
    output,
    given: byHand,
  };
}

type DiagnoseEntry = (typeof DIAGNOSE_OPTIONS)[number];
type Given = ReadonlyMap<DiagnoseOptionName, string>;

function readWords(words: readonly string[]): {
  readonly given: Given;
  readonly targets: readonly string[];
} {
  const { given: found, others: targets } = optionWords<DiagnoseEntry>(words, DIAGNOSE_OPTIONS);
  const given = new Map<DiagnoseOptionName, string>();
  for (const { option, written, word, value, inline } of found) {
    if (option === null) throw unknown(word);
    if (given.has(option.name)) throw new Problem(`${written} is given twice; give it once`);
    given.set(option.name, textOf(option, written, value, inline));
  }
  return { given, targets };
}

function unknown(word: string): Problem {
  const written = word.split('=', 1)[0] ?? '';
  const flags = [...DIAGNOSE_OPTIONS.map(({ name }) => `--${name}`), '--help'];
  return new Problem(
    `unknown option ${quote(written)} of diagnose; ${didYouMean(written, flags, '"quorum-probe help diagnose" lists all')}`,
  );
}

function textOf(
  option: DiagnoseOption,
  written: string,
  value: string | undefined,
  inline: boolean,
): string {
  if (option.value === null) {
    if (value === undefined || value === 'true') return 'true';
    throw new Problem(`${written} takes no value; leave it out if you do not want it`);
  }
  if (value === undefined || value.trim() === '' || (!inline && value.startsWith('-'))) {
    throw new Problem(`${written} needs a value; write --${option.name}=${option.value}`);
  }
  return value.trim();
}

function outputFrom(given: Given): Output {
  const text = given.get('output');
  const json = given.has('json');
  if (text === undefined) return json ? 'json' : 'table';
  const output = OUTPUTS.find((one) => one === text);
  if (output === undefined)
    throw new Problem(`-o: ${quote(text)} is unknown; write ${OUTPUTS.join(', ')}`);
  if (json && output !== 'json')
    throw new Problem('--json and -o exclude each other; give one of them');
  return output;
}

function givenByHand(given: Given): GivenByHand {
  const auto = given.get('profile') === AUTO_PROFILE;
  const profile = auto ? null : valued('profile', given, (name) => builtIn(name)());
  const ports = valued('ports', given, OPTIONS.ports.type.parse);
  if (profile !== null && ports !== null) blaming('ports', () => checkPorts(profile, ports));
  const names = (name: DiagnoseOptionName): readonly string[] | null =>
    valued(name, given, OPTIONS.members.type.parse)?.map((host) => host.name) ?? null;
  return {
    profile,
    auto,
    ports,
    members: names('members'),
    observers: names('observers') ?? [],
    size: valued('ensemble-size', given, OPTIONS.ensembleSize.type.parse),
    mesh: valued('mesh', given, OPTIONS.mesh.type.parse) ?? 'auto',
  };
}

function valued<T>(name: DiagnoseOptionName, given: Given, parse: (text: string) => T): T | null {
  const text = given.get(name);
  return text === undefined ? null : blaming(name, () => parse(text));
}

function blaming<T>(name: DiagnoseOptionName, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Problem) throw new Problem(`--${name}: ${error.message}`);
    throw error;
  }
}

/** The profile with the ports that were given for it. */
export function withGivenPorts(profile: Profile, { ports }: GivenByHand): Profile {
  if (ports === null) return profile;
  blaming('ports', () => checkPorts(profile, ports));
  return withPorts(profile, ports);
}
