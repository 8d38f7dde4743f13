import type { ScanCommand, ServeCommand } from '../model/settings.ts';
import { type Command, readArguments } from './arguments.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { OPTIONS } from './options.ts';
import { Problem, quote } from './problem.ts';
import { scanCommand, serveCommand } from './settings.ts';
import { type GivenSettings, givenIn, merge, whereOf } from './sources.ts';

/** What the program is to do, with every setting settled. */
export type Invocation =
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'profiles' }
  | { readonly kind: 'schema' }
  | { readonly kind: 'serve'; readonly settings: ServeCommand }
  | { readonly kind: 'scan'; readonly settings: ScanCommand }
  /** Bad usage: one line that names what is at fault and says what to do. */
  | { readonly kind: 'refused'; readonly problem: string };

/** All that an invocation depends on. */
export interface InvocationInputs {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly hostname: string;
  /** Gives a file's text; called for `--config` alone. */
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
      case 'print':
        return { kind: asked.command };
      case 'run': {
        const environment = readEnvironment(inputs.environment);
        const outside = merge(asked.flags, environment, new Map());
        const settings = merge(asked.flags, environment, await configFile(outside, inputs));
        return asked.command === 'serve'
          ? { kind: 'serve', settings: serveCommand(settings, inputs.hostname) }
          : { kind: 'scan', settings: scanCommand(settings, inputs.hostname) };
      }
    }
  } catch (error) {
    if (error instanceof Problem) return { kind: 'refused', problem: error.message };
    throw error;
  }
}

async function configFile(
  settings: GivenSettings,
  { readText }: InvocationInputs,
): Promise<GivenSettings> {
  const path = givenIn(settings, OPTIONS.config);
  if (path === null) return new Map();
  const text = await readText(path).catch((error: unknown) => {
    const where = whereOf(settings, OPTIONS.config);
    throw new Problem(`${where}: cannot read ${quote(path)} (${codeOf(error)}); name a YAML file`);
  });
  // The YAML parser costs memory for good: only those who give a file pay for it.
  const { readConfigFile } = await import('./config-file.ts');
  return readConfigFile(path, text);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
