import type { ScanCommand } from '../model/settings.ts';

/** Looks once and prints what it saw; resolves to the exit code. */
export async function scan(_settings: ScanCommand): Promise<number> {
  process.stderr.write('quorum-probe: scan is not built yet; nothing to do\n');
  return 2;
}
