import { readFileSync } from 'node:fs';

/** The package's version, from the package.json that ships beside the program. */
export function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof content === 'object' && content !== null && 'version' in content) {
    return String(content.version);
  }
  throw new Error(`${file.pathname} names no version: install the package again`);
}
