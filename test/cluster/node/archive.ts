import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../lab/run-command.ts';

/** How an image's process is started, in the words of the OCI image configuration. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

/** The architecture's name in image configurations, by Node's own. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Packs a root file system as an image of one layer, in the form that `docker save` writes. */
export async function archive(
  root: string,
  name: string,
  config: ImageConfig,
  file: string,
): Promise<void> {
  const folder = await mkdtemp(join(dirname(file), 'archive-'));
  try {
    const layer = join(folder, 'layer.tar');
    await run('tar', ['-C', root, '--numeric-owner', '-cf', layer, '.']);
    const architecture = ARCHITECTURES[process.arch] ?? process.arch;
    const image = JSON.stringify({
      architecture,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [`sha256:${await sha256Of(layer)}`] },
      history: [{ created_by: 'quorum-probe test' }],
    });
    const id = createHash('sha256').update(image).digest('hex');
    await writeFile(join(folder, `${id}.json`), image);
    const manifest = [{ Config: `${id}.json`, RepoTags: [name], Layers: ['layer.tar'] }];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const members = ['manifest.json', `${id}.json`, 'layer.tar'];
    await run('tar', ['-C', folder, '-cf', join(folder, 'image.tar'), ...members]);
    await rename(join(folder, 'image.tar'), file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
