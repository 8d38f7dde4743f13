/**
 * `npm run build`: compiles the program into `dist/`, or into the folder that is named, with the
 * schemas that the package exports.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const program = join(dist, 'main.js');

/** What a program of Node printed; its failure ends the build with what it said. */
function output(...argv: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (status === 0) return stdout;
  console.error(`${stdout}${stderr}\nnode ${argv.join(' ')} ended with exit code ${status}`);
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
output(tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', dist);
writeFileSync(join(dist, 'report.schema.json'), output(program, 'schema'));
writeFileSync(join(dist, 'profile.schema.json'), output(program, 'schema', 'profile'));
writeFileSync(join(dist, 'hosts.schema.json'), output(program, 'schema', 'hosts'));
writeFileSync(join(dist, 'ensemble.schema.json'), output(program, 'schema', 'ensemble'));
writeFileSync(join(dist, 'diagnosis.schema.json'), output(program, 'schema', 'diagnosis'));
