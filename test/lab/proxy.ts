import { startEnvoy } from './envoy.ts';
import type { Pod } from './fabric.ts';
import { startHaproxy } from './haproxy.ts';
import type { MeshOptions } from './mesh.ts';
import type { Running } from './processes.ts';

/** Starts a pod's mesh proxy under the uid that the redirect rules exempt; `peers` are the other members. */
export function startProxy(
  directory: string,
  pod: Pod,
  peers: readonly Pod[],
  options: MeshOptions,
): Promise<Running> {
  switch (options.proxy) {
    case 'haproxy':
      return startHaproxy(directory, pod, options);
    case 'envoy':
      return startEnvoy(directory, pod, peers, options);
  }
}
