import { readFileSync } from 'node:fs';
import * as z from 'zod';

const packageJson = z.object({ version: z.string() });

/** The package's version, from the package.json that ships beside the program. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return packageJson.parse(JSON.parse(text)).version;
}
