import type { ServeCommand } from '../model/settings.ts';

/** Runs the agent until it is stopped; resolves to the exit code. */
export async function serve(_settings: ServeCommand): Promise<number> {
  process.stderr.write('quorum-probe: serve is not built yet; nothing to do\n');
  return 2;
}
