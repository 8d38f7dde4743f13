import { chmodSync, copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { buildProgram } from '../built-program.ts';
import { deployFolder } from '../deploy/render.ts';
import { toolPath } from '../tools.ts';
import { afterwards } from './afterwards.ts';
import { kubectl } from './kubernetes.ts';

/** A user's shell: a folder of their own, the commands on the path, and a kubeconfig that names the namespace. */
export interface Shell {
  readonly folder: string;
  /** How a line is started, for `spawn`. */
  command(
    line: string,
  ): readonly [string, readonly string[], { cwd: string; env: NodeJS.ProcessEnv }];
}

/** Makes one with `quorum-probe` as it is built here, `helm`, and a copy of the kubeconfig. */
export async function openShell(namespace: string): Promise<Shell> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-shell-')));
  afterwards(() => rmSync(folder, { recursive: true }));
  const program = resolve(buildProgram().path);
  const scripts = {
    'quorum-probe': `exec '${process.execPath}' '${program}' "$@"`,
    helm: `exec '${toolPath('helm')}' "$@"`,
  };
  for (const [name, line] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const kubeconfig = join(folder, 'kubeconfig');
  const [own = ''] = (
    process.env['KUBECONFIG'] ?? join(process.env['HOME'] ?? '', '.kube/config')
  ).split(delimiter);
  copyFileSync(own, kubeconfig);
  const context = ['set-context', '--current', `--namespace=${namespace}`];
  await kubectl(['config', ...context, `--kubeconfig=${kubeconfig}`]);
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HOME: folder,
    HELM_PLUGINS: join(deployFolder, 'helm'),
    PATH: [folder, process.env['PATH'] ?? ''].join(delimiter),
  };
  return {
    folder,
    command: (line) => ['bash', ['-c', `set -euo pipefail; ${line}`], { cwd: folder, env }],
  };
}
