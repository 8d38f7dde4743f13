import type { SchemaName } from './config/arguments.ts';
import { type InvocationInputs, invocationFrom } from './config/invocation.ts';
import { textWidth } from './layout.ts';
import type { Profile } from './model/profile.ts';

/** What the program reads and writes, apart from what its commands do themselves. */
export interface ProgramIo extends Omit<InvocationInputs, 'argv' | 'environment'> {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Takes stop signals over from then on: resolves to the first, and a second one ends the process. */
  readonly stopSignal: () => Promise<'SIGTERM' | 'SIGINT'>;
  /** Whether colours may be used on the output. */
  readonly colour: boolean;
  /** How wide the terminal is that the output goes to; left out, or `undefined`, where it goes to none. */
  readonly columns?: () => number | undefined;
  /** Writes one line of progress over the one before, for a person who waits; `null` where nobody does. */
  readonly progress?: ((line: string) => void) | null;
}

/** Chooses the command and runs it; each is loaded only when it runs. Resolves to the exit code. */
export async function run(
  argv: readonly string[],
  environment: InvocationInputs['environment'],
  io: ProgramIo,
): Promise<number> {
  const invocation = await invocationFrom({ argv, environment, ...io });
  const width = () => textWidth(environment['COLUMNS'], io.columns?.());
  switch (invocation.kind) {
    case 'serve': {
      const { serve } = await import('./commands/serve.ts');
      return await serve(invocation.settings, io);
    }
    case 'scan': {
      const { scan } = await import('./commands/scan.ts');
      return await scan(invocation.settings, { ...io, width: width() });
    }
    case 'scan-auto': {
      const { scanAuto } = await import('./commands/scan-auto.ts');
      return await scanAuto(invocation.settings, { ...io, width: width() });
    }
    case 'diagnose': {
      const { diagnose } = await import('./commands/diagnose/diagnose.ts');
      return await diagnose(invocation.words, { ...io, width: width() });
    }
    case 'inject': {
      const { inject } = await import('./commands/inject/inject.ts');
      return await inject(invocation.words, io);
    }
    case 'profiles': {
      io.out(await profilesText(invocation.show, width()));
      return 0;
    }
    case 'schema': {
      io.out(`${JSON.stringify(await schemaOf(invocation.of), null, 2)}\n`);
      return 0;
    }
    case 'help': {
      const { helpText } = await import('./config/help.ts');
      io.out(helpText(invocation.command, width()));
      return 0;
    }
    case 'completion': {
      const { completionScript } = await import('./commands/completion.ts');
      io.out(completionScript(invocation.shell));
      return 0;
    }
    case 'version': {
      const { packageVersion } = await import('./version.ts');
      io.out(`${packageVersion()}\n`);
      return 0;
    }
    case 'refused':
      io.error(`quorum-probe: ${invocation.problem}\n`);
      return 2;
  }
}

/** The profile to show, or the table of all. */
async function profilesText(show: Profile | null, width: number): Promise<string> {
  if (show !== null) return (await import('./commands/profile-yaml.ts')).profileYaml(show);
  const { profilesTable } = await import('./commands/profiles.ts');
  return profilesTable((await import('./profiles/index.ts')).PROFILES.values(), width);
}

async function schemaOf(name: SchemaName): Promise<unknown> {
  if (name === 'profile') return (await import('./config/profile-schema.ts')).profileJsonSchema();
  if (name === 'hosts') return (await import('./model/hosts-report.ts')).hostsReportJsonSchema();
  if (name === 'ensemble') {
    return (await import('./model/ensemble-schema.ts')).ensembleJsonSchema();
  }
  if (name === 'diagnosis') {
    return (await import('./model/diagnosis-schema.ts')).diagnosisJsonSchema();
  }
  return (await import('./model/report-schema.ts')).reportJsonSchema();
}
