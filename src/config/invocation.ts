import type { Profile } from '../model/profile.ts';
import type { ScanCommand, ServeCommand } from '../model/settings.ts';
import { DEFAULT_PROFILE } from '../profiles/index.ts';
import {
  type Command,
  type OwnWordsCommand,
  readArguments,
  type SchemaName,
  type Shell,
} from './arguments.ts';
import { type AutoScan, autoScan } from './auto-scan.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { OPTIONS, type Option, type RunCommand } from './options.ts';
import { Problem, quote, whyUnreadable } from './problem.ts';
import { builtIn, profileNamed, wantsAuto } from './profile-names.ts';
import { type Place, scanCommand, serveCommand } from './settings.ts';
import { blaming, type GivenSettings, givenIn, keepStrongest, merge, whereOf } from './sources.ts';

/** What the program is to do, with every setting settled. */
export type Invocation =
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }
  /** `show` is the profile to print whole, or `null` for the list of them. */
  | { readonly kind: 'profiles'; readonly show: Profile | null }
  | { readonly kind: 'schema'; readonly of: SchemaName }
  | { readonly kind: 'completion'; readonly shell: Shell }
  /** The words after the command, which it reads itself. */
  | { readonly kind: OwnWordsCommand; readonly words: readonly string[] }
  | { readonly kind: 'serve'; readonly settings: ServeCommand }
  | { readonly kind: 'scan'; readonly settings: ScanCommand }
  | { readonly kind: 'scan-auto'; readonly settings: AutoScan }
  /** Bad usage: one line that names what is at fault and says what to do. */
  | { readonly kind: 'refused'; readonly problem: string };

/** All that an invocation depends on. */
export interface InvocationInputs extends Place {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  /** Gives a file's text; called for `--config` and `--profile-file` alone. */
  readonly readText: (path: string) => Promise<string>;
}

/** Settles what to do from the command line, the environment and the configuration file; never rejects for what the user wrote. */
export async function invocationFrom(inputs: InvocationInputs): Promise<Invocation> {
  try {
    const asked = readArguments(inputs.argv);
    switch (asked.kind) {
      case 'help':
      case 'version':
        return asked;
      case 'schema':
      case 'completion':
      case 'diagnose':
      case 'inject':
        return asked;
      case 'profiles':
        return {
          kind: 'profiles',
          show: asked.show === null ? null : blaming('--show', builtIn(asked.show)),
        };
      case 'run': {
        const environment = readEnvironment(inputs.environment);
        const outside = merge(asked.flags, environment, new Map());
        const all = merge(asked.flags, environment, await configFile(outside, inputs));
        const settings = keepStrongest(all, [OPTIONS.profile, OPTIONS.profileFile]);
        if (wantsAuto(settings)) return autoInvocation(asked.command, settings, inputs);
        const profile = (await profileFile(settings, inputs)) ?? profileNamed(settings);
        return asked.command === 'serve'
          ? { kind: 'serve', settings: serveCommand(settings, inputs, profile) }
          : { kind: 'scan', settings: scanCommand(settings, inputs, profile) };
      }
    }
  } catch (error) {
    if (error instanceof Problem) return { kind: 'refused', problem: error.message };
    throw error;
  }
}

function autoInvocation(
  command: RunCommand,
  settings: GivenSettings,
  inputs: InvocationInputs,
): Invocation {
  if (command === 'scan') return { kind: 'scan-auto', settings: autoScan(settings, inputs) };
  throw new Problem(
    `${whereOf(settings, OPTIONS.profile)}: auto is for scan, diagnose and inject; the agent's series must exist before anything listens: give the name of a profile, such as ${DEFAULT_PROFILE}`,
  );
}

async function configFile(settings: GivenSettings, inputs: InvocationInputs) {
  const file = await fileOf(settings, OPTIONS.config, inputs);
  if (file === null) return new Map();
  // The YAML parser costs memory for good: only those who give a file pay for it.
  const { readConfigFile } = await import('./config-file.ts');
  return readConfigFile(file.path, file.text);
}

async function profileFile(settings: GivenSettings, inputs: InvocationInputs) {
  const file = await fileOf(settings, OPTIONS.profileFile, inputs);
  if (file === null) return null;
  const { readProfileFile } = await import('./profile-file.ts');
  return readProfileFile(file.path, file.text);
}

async function fileOf(
  settings: GivenSettings,
  option: Option<string>,
  { readText }: InvocationInputs,
): Promise<{ readonly path: string; readonly text: string } | null> {
  const path = givenIn(settings, option);
  if (path === null) return null;
  const text = await readText(path).catch((error: unknown) => {
    throw new Problem(`${whereOf(settings, option)}: ${unreadable(path, error)}`);
  });
  return { path, text };
}

/** The file system's errors are codes; those of a file that is none, or too long, say themselves what is wrong. */
function unreadable(path: string, error: unknown): string {
  if (error instanceof Error && !('code' in error)) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `cannot read ${quote(path)}: ${whyUnreadable(code)}; name a YAML file`;
}
