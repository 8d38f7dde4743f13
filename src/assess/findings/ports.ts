import { rowsText } from '../row-text.ts';
import { portsOf, type Scene } from '../scene.ts';
import { isListening } from '../standing.ts';
import type { Diagnosis } from './finding.ts';

/** What the listeners of the watched ports show. */
export function portFindings(scene: Scene): Diagnosis[] {
  return [...closedClientPort(scene), ...closedPeerPorts(scene), ...loopbackOnly(scene)];
}

function closedClientPort(scene: Scene): Diagnosis[] {
  const { profile } = scene.settings;
  const spec = profile.ports.find(
    (port) => port.links === 'clients' && port.listens === 'every-member',
  );
  if (spec === undefined || isListening(scene.folded, spec.role)) return [];
  const absent = scene.folded.listeners.length === 0;
  const evidence = scene.folded.listeners.flatMap((listener) => rowsText(listener.rows));
  return [
    {
      code: 'client-port-closed',
      certainty: 'confirmed',
      summary: absent
        ? `Nothing of ${profile.title} listens in this pod: ${everyPort(scene)} are all closed.`
        : `${profile.title} does not listen on its ${spec.title} ${portsOf(scene, spec.role)}.`,
      evidence: evidence.length > 0 ? evidence : ['no LISTEN row on any watched port'],
      cause: absent
        ? 'The server process is not running, has not started yet, or uses other ports.'
        : 'The server is starting, or its client port is configured to another number.',
      remedy: `Look at the server container's log and restarts (kubectl logs, kubectl describe pod); if it uses other ports, tell the probe with --ports ${spec.role}=PORT.`,
    },
  ];
}

function everyPort(scene: Scene): string {
  return scene.settings.profile.ports
    .filter((spec) => spec.listens === 'every-member')
    .map((spec) => `${spec.title} ${portsOf(scene, spec.role)}`)
    .join(' and ');
}

function closedPeerPorts(scene: Scene): Diagnosis[] {
  if (scene.folded.listeners.length === 0 || scene.standing.size === 1) return [];
  const closed = scene.settings.profile.ports.filter(
    (spec) =>
      spec.links !== 'clients' &&
      spec.listens === 'every-member' &&
      !isListening(scene.folded, spec.role),
  );
  return closed.map((spec) => ({
    code: 'peer-port-closed',
    certainty: 'confirmed',
    summary: `The server runs, but does not listen on its ${spec.title} ${portsOf(scene, spec.role)}: no other member can reach it there.`,
    evidence: scene.folded.listeners.flatMap((listener) => rowsText(listener.rows)),
    cause:
      'The server runs alone (a configuration without the other members), could not bind the port, or uses another number.',
    remedy: `Check that the configuration lists every member (server.N= lines or the like) and look for a failed bind in the server's log; if it uses another port, tell the probe with --ports ${spec.role}=PORT.`,
  }));
}

function loopbackOnly(scene: Scene): Diagnosis[] {
  if (scene.folded.mesh.inbound === 'loopback') return [];
  const { profile } = scene.settings;
  const closedIn = scene.folded.listeners.filter(
    (listener) =>
      listener.reach === 'loopback' &&
      profile.ports.some((spec) => spec.role === listener.role && spec.links !== 'clients'),
  );
  if (closedIn.length === 0) return [];
  const ports = closedIn.map((listener) => `${listener.role} port ${listener.port}`).join(', ');
  return [
    {
      code: 'loopback-only-listener',
      certainty: 'confirmed',
      summary: `The ${ports} listens on loopback alone: no other pod can reach it.`,
      evidence: closedIn.flatMap((listener) => rowsText(listener.rows)),
      cause:
        'The server is bound to localhost: its own name resolves to a loopback address, or that is its default.',
      remedy:
        'Bind the server to the pod address or to all addresses (for ZooKeeper quorumListenOnAllIPs=true), and check what its own host name resolves to in the pod.',
    },
  ];
}
