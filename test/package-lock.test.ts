import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';

const repository = join(import.meta.dirname, '..');

const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.looseObject({ integrity: z.string().optional(), resolved: z.string().optional() }),
  ),
});

const { packages } = lockSchema.parse(
  JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')),
);
const installed = Object.entries(packages).filter(([path]) => path !== '');

/**
 * The lock once had none for 169 packages, all 89 of production among them. npm takes what is installed
 * from `node_modules` when it writes a lock from nothing and `node_modules/.package-lock.json` is missing
 * too, and the package.json files there know no checksum.
 */
test('every package of the lock has a checksum, so that no registry or mirror can serve other contents', () => {
  assert.ok(installed.length > 200);
  const without = installed
    .filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
    .map(([path]) => path);
  assert.deepEqual(
    without,
    [],
    'write the lock without node_modules: rm -r node_modules, then npm install --package-lock-only',
  );
});

test('the lock has no registry, so that it serves behind a mirror too', () => {
  assert.deepEqual(
    installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    [],
  );
  const settings = readFileSync(join(repository, '.npmrc'), 'utf8').split('\n');
  assert.ok(settings.includes('omit-lockfile-registry-resolved=true'));
  assert.ok(!settings.some((line) => line.includes('registry=')));
});

test('every step that installs packages for the image or for a check obeys the lock', () => {
  for (const file of ['Dockerfile', '.ci/run']) {
    const lines = readFileSync(join(repository, file), 'utf8').split('\n');
    const installs = lines.flatMap((line) =>
      line.startsWith('#') ? [] : [...line.matchAll(/\bnpm (ci|install|i|add|update)\b/g)],
    );
    assert.ok(installs.length > 0, file);
    for (const [command] of installs) assert.equal(command, 'npm ci', file);
  }
});
