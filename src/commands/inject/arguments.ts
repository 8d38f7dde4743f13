import { INJECT_OPTIONS, type InjectOption } from '../../config/inject-options.ts';
import { didYouMean } from '../../config/nearest.ts';
import { optionWords } from '../../config/option-words.ts';
import { OPTIONS } from '../../config/options.ts';
import { Problem, quote } from '../../config/problem.ts';
import { AUTO_PROFILE, builtIn } from '../../config/profile-names.ts';
import type { Asked } from '../../model/settings.ts';
import { HEALTH_PORT, PORT, type SidecarPlan } from './sidecar.ts';

/** What `inject` is to do. */
export interface InjectSettings {
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** The names of the sets that are meant; all of known systems where there are none. */
  readonly statefulSets: readonly string[];
  readonly action: Action;
}

export type Action =
  | { readonly kind: 'remove' }
  | {
      readonly kind: 'add';
      /** The profile's name; `null` where the manifest is to show it. */
      readonly profile: string | null;
      /** Whether a manifest that shows several systems is an error. */
      readonly auto: boolean;
      readonly image: string;
      readonly gate: boolean;
      readonly hold: boolean;
      readonly placement: SidecarPlan['placement'];
      readonly healthPort: SidecarPlan['healthPort'];
      readonly webConfigSecret: SidecarPlan['webConfigSecret'];
      /** `null` unless given. */
      readonly ask: readonly Asked[] | null;
    };

/** What is added, and how. */
export type Adding = Extract<Action, { kind: 'add' }>;

/** Reads the words after `inject`; throws a Problem that says what to write instead. */
export function readInjectArguments(words: readonly string[], version: string): InjectSettings {
  const { given, files } = readWords(words);
  const [file = '-', second] = files;
  if (second !== undefined) {
    throw new Problem(
      `unexpected argument ${quote(second)}; give one file, or - for standard input`,
    );
  }
  const statefulSets = listIn(given.get('statefulset'));
  if (given.has('remove')) {
    const other = [...given.keys()].find((name) => name !== 'remove' && name !== 'statefulset');
    if (other !== undefined)
      throw new Problem(`--${other} has no effect with --remove; leave it out`);
    return { file, statefulSets, action: { kind: 'remove' } };
  }
  const auto = given.get('profile') === AUTO_PROFILE;
  const webConfigSecret = valued('web-config-secret', given, secretName);
  return {
    file,
    statefulSets,
    action: {
      kind: 'add',
      profile: auto ? null : valued('profile', given, (name) => builtIn(name)().name),
      auto,
      image: valued('image', given, image) ?? `quorum-probe:${version}`,
      gate: given.has('gate'),
      hold: given.has('hold'),
      placement: given.has('native-sidecar') ? 'native-sidecar' : 'container',
      healthPort:
        valued('listen-health', given, healthPort) ??
        (webConfigSecret === null ? null : HEALTH_PORT),
      webConfigSecret,
      ask: valued('ask', given, OPTIONS.ask.type.parse),
    },
  };
}

interface Words {
  /** The values by option; '' for a flag. */
  readonly given: ReadonlyMap<string, string>;
  readonly files: readonly string[];
}

function readWords(words: readonly string[]): Words {
  const all: readonly InjectOption[] = INJECT_OPTIONS;
  const { given: found, others: files } = optionWords(words, all);
  const given = new Map<string, string>();
  for (const { option, word, value, inline } of found) {
    if (option === null) throw unknown(word, all);
    if (given.has(option.name)) throw new Problem(`--${option.name} is given twice; give it once`);
    given.set(option.name, textOf(option, value, inline));
  }
  return { given, files };
}

function unknown(word: string, all: readonly InjectOption[]): Problem {
  const written = word.split('=', 1)[0] ?? '';
  const flags = [...all.map(({ name }) => `--${name}`), '--help'];
  return new Problem(
    `unknown option ${quote(written)} of inject; ${didYouMean(written, flags, '"quorum-probe inject --help" lists them')}`,
  );
}

function textOf(option: InjectOption, value: string | undefined, inline: boolean): string {
  const { name } = option;
  if (option.value === null) {
    if (value === undefined || value === 'true') return '';
    throw new Problem(`--${name} takes no value; leave the option out if you do not want it`);
  }
  if (value === undefined || value.trim() === '' || (!inline && value.startsWith('-'))) {
    throw new Problem(`--${name} needs a value; write --${name}=${option.value}`);
  }
  return value.trim();
}

function valued<T>(
  name: string,
  given: ReadonlyMap<string, string>,
  parse: (text: string) => T,
): T | null {
  const text = given.get(name);
  if (text === undefined) return null;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof Problem) throw new Problem(`--${name}: ${error.message}`);
    throw error;
  }
}

function listIn(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const names = text.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new Problem('--statefulset has an empty entry; remove the extra comma');
  return names;
}

function healthPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new Problem(`${quote(text)} is not a port; write it as --listen-health=${HEALTH_PORT}`);
  }
  if (port === PORT) {
    throw new Problem(`${PORT} is the probe's common port; choose another, such as ${HEALTH_PORT}`);
  }
  return port;
}

/** A name of an object of Kubernetes (RFC 1123, a subdomain). */
function secretName(text: string): string {
  if (text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text)) return text;
  throw new Problem(
    `${quote(text)} is not the name of a Secret; write it as quorum-probe-web, in lower case`,
  );
}

/** A reference to an image: no blanks, and nothing that YAML could take for something else. */
function image(text: string): string {
  if (/^[\w][\w.:/@-]*$/.test(text)) return text;
  throw new Problem(
    `${quote(text)} is not an image; write it as registry.example.com/quorum-probe:0.1.0`,
  );
}
