import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A part of the tests, which `npm run test:NAME` runs. */
export interface Part {
  /** What belongs to it: folders of `test/` (with a `/` at the end) and test files. */
  readonly holds: readonly string[];
  /** Whether its files share one process, which saves the start of one for each, or have one each. */
  readonly process: 'one' | 'one-per-file';
}

/** The part of every test file that no other part holds: what only computes, or is quick. */
export const PURE = 'pure';

/** Each test file belongs to the part that names it most closely. */
export const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  [PURE, { holds: [''], process: 'one' }],
  [
    'http',
    {
      holds: [
        'commands/diagnose/ask-probe.test.ts',
        'evidence/envoy-admin.test.ts',
        'evidence/peers.test.ts',
        'evidence/srvr.test.ts',
        'http/app.test.ts',
        'http/basic-auth.test.ts',
        'http/evidence-api.test.ts',
        'http/full-house.test.ts',
        'http/health.test.ts',
        'http/metrics.test.ts',
        'http/page/router.test.ts',
        'http/pipelining.test.ts',
        'http/server.test.ts',
        'http/stop-allowed.test.ts',
        'http/tls.test.ts',
      ],
      process: 'one',
    },
  ],
  [
    'program',
    {
      holds: [
        'commands/diagnose/kubectl.test.ts',
        'commands/scan-program.test.ts',
        'commands/serve-asked.test.ts',
        'commands/serve-memory.test.ts',
        'commands/serve-secured.test.ts',
        'commands/serve-stop.test.ts',
        'commands/serve.test.ts',
        'commands/stopping.test.ts',
        'ending.test.ts',
        'kernel/beside.test.ts',
        'kernel/live.test.ts',
        'kernel/serve-sources.test.ts',
        'main.test.ts',
      ],
      process: 'one-per-file',
    },
  ],
  ['demo', { holds: ['demo/'], process: 'one-per-file' }],
  [
    'hostile',
    {
      holds: ['assess/growth.test.ts', 'hostile/', 'listings/hostile.test.ts'],
      process: 'one-per-file',
    },
  ],
  ['browser', { holds: ['browser/'], process: 'one-per-file' }],
  [
    'deploy',
    {
      holds: [
        'bench/fleet.test.ts',
        'deploy/alertmanager.test.ts',
        'deploy/lift-gate.test.ts',
        'deploy/chart.test.ts',
        'deploy/keep-list-prometheus.test.ts',
        'deploy/keep-list.test.ts',
        'deploy/overlays.test.ts',
        'deploy/promtool-settings.test.ts',
        'deploy/promtool.test.ts',
        'deploy/quick-start.test.ts',
        'deploy/release.test.ts',
        'deploy/schemas.test.ts',
        'deploy/zookeeper-example.test.ts',
        'inject/round-trip.test.ts',
        'inject/tools.test.ts',
      ],
      process: 'one-per-file',
    },
  ],
  ['image', { holds: ['image/'], process: 'one-per-file' }],
  // Its own program runs it: test/lab/run.ts.
  ['lab', { holds: ['lab/'], process: 'one-per-file' }],
  // And this one's: test/cluster/run.ts.
  ['cluster', { holds: ['cluster/'], process: 'one-per-file' }],
]);

export const testFolder = fileURLToPath(new URL('..', import.meta.url));

/** All test files by the part that holds them, as paths below `test/`. */
export function filesByPart(files: readonly string[] = testFiles()): ReadonlyMap<string, string[]> {
  const byPart = new Map([...PARTS.keys()].map((name): [string, string[]] => [name, []]));
  for (const file of files) byPart.get(partOf(file))?.push(file);
  return byPart;
}

function testFiles(): string[] {
  return readdirSync(testFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .sort();
}

function partOf(file: string): string {
  const claims = [...PARTS].flatMap(([name, { holds }]) =>
    holds.filter((path) => holdsFile(path, file)).map((path) => ({ name, length: path.length })),
  );
  return claims.reduce((best, claim) => (claim.length > best.length ? claim : best)).name;
}

function holdsFile(path: string, file: string): boolean {
  return path === '' || (path.endsWith('/') ? file.startsWith(path) : file === path);
}

/** Absolute path of a file below `test/`. */
export function inTests(path: string): string {
  return join(testFolder, path);
}
