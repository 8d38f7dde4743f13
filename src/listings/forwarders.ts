import type { Socket } from '../model/socket.ts';
import type { Ports } from './contradictions.ts';

/**
 * Programs that listen on a host for a container or another host, as tools print their names, which some cut
 * short: of Docker, Podman, Docker Desktop, WSL, `kubectl port-forward` and `ssh -L`.
 */
const FORWARDERS = [
  'docker-proxy',
  'com.docker.backend',
  'com.docke',
  'rootlessport',
  'rootlesskit',
  'slirp4netns',
  'vpnkit',
  'pasta',
  'gvproxy',
  'wslrelay',
  'kubectl',
  'ssh',
];

/** Tools print at least so many characters of a name. */
const MIN_CHARS = 8;

/** Whether the row is of a program that only passes connections on. */
export function isForwarded({ owner }: Socket): boolean {
  return owner.kind === 'process' && isForwarder(owner.program);
}

/**
 * The programs that hold the ports which a member must listen on, where none of them is the server: in a container
 * or on another host, the server is not in the listing. Empty where the server is.
 */
export function forwardersOf(sockets: readonly Socket[], { required }: Ports): string[] {
  const needed = new Set(required.flat());
  const held = sockets.filter(({ state, local }) => state === 'listen' && needed.has(local.port));
  if (!held.every(isForwarded)) return [];
  return [
    ...new Set(held.flatMap(({ owner }) => (owner.kind === 'process' ? [owner.program] : []))),
  ];
}

function isForwarder(program: string): boolean {
  const name = program.toLowerCase().replace(/\.exe$/, '');
  return FORWARDERS.some(
    (full) => name === full || (name.length >= MIN_CHARS && full.startsWith(name)),
  );
}
