import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBases } from '../../image/bases.ts';
import { run } from '../../lab/run-command.ts';
import { IMAGES } from '../images.ts';

const repository = join(import.meta.dirname, '../../..');
/** What goes into the image, or decides how it is made. */
const SOURCES = [
  'Dockerfile',
  'package.json',
  'package-lock.json',
  'build.ts',
  'src',
  'test/image/bases.ts',
];

/**
 * Builds the project's image by its own Dockerfile, on the stand-ins of the image's tests for the bases
 * that it names, and gives the path of the archive. Sources that were built before are not built again.
 */
export async function makeProbeImage(folder: string): Promise<string> {
  const archive = join(folder, `probe-${await digestOf(SOURCES)}.tar`);
  if (existsSync(archive)) return archive;
  for (const old of await readdir(folder)) {
    if (/^probe-.*\.tar$/.test(old)) await rm(join(folder, old));
  }
  const storage = join(folder, `storage-${process.pid}`);
  const roots = ['--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
  const buildah = ['buildah', '--storage-driver', 'vfs', ...roots];
  process.env['BUILDAH_ISOLATION'] = 'chroot';
  const [program = '', ...options] = buildah;
  try {
    makeBases(buildah, { build: argument('BUILD_IMAGE'), runtime: argument('RUNTIME_IMAGE') });
    const labels = ['--build-arg', `VERSION=${version()}`, '--build-arg', 'REVISION=test'];
    const build = ['bud', '--quiet', '--pull-never', ...labels, '--tag', IMAGES.probe, repository];
    await run(program, [...options, ...build]);
    const partial = `${archive}.partial`;
    await run(program, [
      ...options,
      'push',
      IMAGES.probe,
      `docker-archive:${partial}:${IMAGES.probe}`,
    ]);
    await rename(partial, archive);
    return archive;
  } finally {
    await rm(storage, { recursive: true, force: true });
  }
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  return String(version);
}

function argument(name: string): string {
  const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');
  const found = new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(dockerfile)?.[1];
  if (found === undefined) throw new Error(`the Dockerfile has no default for ${name}`);
  return found;
}

async function digestOf(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const files = [
    '-C',
    repository,
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    ...sources,
  ];
  for (const file of (await run('git', files)).split('\0').filter(Boolean).sort()) {
    const path = join(repository, file);
    if (existsSync(path)) hash.update(file).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
