import { spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { exitOf, run } from '../lab/run-command.ts';
import { IMAGES } from './images.ts';

/** A way to a cluster. The cases themselves know none of it: they use the kubeconfig alone. */
export interface Provider {
  /** What is missing before `up` is quick, as one line; `null` where nothing is. */
  missing(): string | null;
  /** Builds and fetches what is missing, which may take half an hour. */
  prepare(): Promise<void>;
  up(): Promise<void>;
  down(): Promise<void>;
  /** What stands before a command that is to use the cluster. */
  readonly within: readonly string[];
}

export const PROVIDERS = ['node', 'kind', 'none'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export function providerOf(name: ProviderName): Provider {
  switch (name) {
    case 'node':
      return nodeProvider();
    case 'kind':
      return kindProvider();
    case 'none':
      return { missing: () => null, prepare: nothing, up: nothing, down: nothing, within: [] };
  }
}

/** Where what took long is kept: built programs, packages, images, definitions of custom resources. */
export const cacheFolder =
  process.env['QUORUM_CLUSTER_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quorum-probe-cluster');

const PROGRAMS = [
  ...['kubectl', 'kube-apiserver', 'kubelet', 'kube-controller-manager', 'kube-scheduler'],
  ...['kube-proxy', 'coredns', 'pause', 'prometheus'],
];

/** A node in namespaces of this machine. */
function nodeProvider(): Provider {
  const script = (name: string): string => join(import.meta.dirname, 'node', name);
  return {
    missing() {
      if (process.getuid?.() !== 0) return 'the node of these tests needs root';
      const absent = PROGRAMS.filter((name) => !exists(join(cacheFolder, 'bin', name)));
      const debian = exists(join(cacheFolder, 'debroot')) ? [] : ["Debian's packages"];
      const all = [...absent, ...debian];
      return all.length === 0 ? null : `${cacheFolder} lacks ${all.join(', ')}`;
    },
    prepare: () => visibly(script('prepare')),
    async up() {
      const make = ['--import', 'tsx', script('images.ts'), cacheFolder];
      const archives = (await run(process.execPath, make)).split('\n').filter(Boolean);
      await visibly(script('up'), ...archives);
    },
    down: () => visibly(script('down')),
    within: [script('inside')],
  };
}

/** A cluster of kind, for those who have a container engine. */
function kindProvider(): Provider {
  const script = (name: string): string => join(import.meta.dirname, 'kind', name);
  return {
    missing() {
      if (!onPath('kind')) return 'kind is not installed';
      return onPath('docker') || onPath('podman') ? null : 'neither docker nor podman is installed';
    },
    prepare: () => Promise.reject(new Error('install kind, and docker or podman')),
    up: () => visibly(script('up'), IMAGES.probe),
    down: () => visibly(script('down')),
    within: [],
  };
}

async function nothing(): Promise<void> {}

async function visibly(command: string, ...args: readonly string[]): Promise<void> {
  const code = await exitOf(spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }));
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => exists(join(folder, program)));
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
