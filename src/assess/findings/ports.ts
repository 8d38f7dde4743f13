import type { PortSpec } from '../../model/profile.ts';
import { isListening, mustListen } from '../required-ports.ts';
import { rowsText } from '../row-text.ts';
import { portsOf, type Scene } from '../scene.ts';

import type { Diagnosis } from './finding.ts';

/** What the listeners of the watched ports show. */
export function portFindings(scene: Scene): Diagnosis[] {
  return [...closedClientPort(scene), ...closedPeerPorts(scene), ...loopbackOnly(scene)];
}

function closedClientPort(scene: Scene): Diagnosis[] {
  const { profile } = scene.settings;
  const spec = profile.ports.find(
    (port) => port.links === 'clients' && mustListen(port, scene.members),
  );
  if (spec === undefined || isListening(scene.folded, spec.role)) return [];
  if (scene.folded.listeners.length === 0)
    return [nothingListens(scene, 'client-port-closed', spec)];
  return [
    {
      code: 'client-port-closed',
      certainty: 'confirmed',
      summary: `${profile.title} does not listen on its ${spec.title} ${portsOf(scene, spec.role)}.`,
      evidence: scene.folded.listeners.flatMap((listener) => rowsText(listener.rows)),
      cause: 'The server is starting, or its client port is configured to another number.',
      remedy: lookAtServer(spec),
    },
  ];
}

function nothingListens(
  scene: Scene,
  code: 'client-port-closed' | 'peer-port-closed',
  spec: PortSpec,
): Diagnosis {
  return {
    code,
    certainty: 'confirmed',
    summary: `Nothing of ${scene.settings.profile.title} listens in this pod: ${everyPort(scene)} are all closed.`,
    evidence: ['no LISTEN row on any watched port'],
    cause: 'The server process is not running, has not started yet, or uses other ports.',
    remedy: lookAtServer(spec),
  };
}

function lookAtServer(spec: PortSpec): string {
  return `Look at the server container's log and restarts (kubectl logs, kubectl describe pod); if it uses other ports, tell the probe with --ports ${spec.role}=PORT.`;
}

function everyPort(scene: Scene): string {
  return scene.settings.profile.ports
    .filter((spec) => mustListen(spec, scene.members))
    .map((spec) => `${spec.title} ${portsOf(scene, spec.role)}`)
    .join(' and ');
}

function closedPeerPorts(scene: Scene): Diagnosis[] {
  const { profile } = scene.settings;
  const required = profile.ports.filter((spec) => mustListen(spec, scene.members));
  if (scene.folded.listeners.length === 0) {
    const [spec] = required;
    const told = required.some((port) => port.links === 'clients');
    return told || spec === undefined ? [] : [nothingListens(scene, 'peer-port-closed', spec)];
  }
  if (scene.standing.size === 1) return [];
  const closed = required.filter(
    (spec) => spec.links !== 'clients' && !isListening(scene.folded, spec.role),
  );
  return closed.map((spec) => ({
    code: 'peer-port-closed',
    certainty: 'confirmed',
    summary: `The server runs, but does not listen on its ${spec.title} ${portsOf(scene, spec.role)}: no other member can reach it there.`,
    evidence: scene.folded.listeners.flatMap((listener) => rowsText(listener.rows)),
    cause:
      'The server runs alone (a configuration without the other members), could not bind the port, or uses another number.',
    remedy: `Check that the configuration names every member (${profile.advice.memberList}) and look for a failed bind in the server's log; if it uses another port, tell the probe with --ports ${spec.role}=PORT.`,
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
  const byDefault = closedIn.every((listener) =>
    profile.ports.some((spec) => spec.role === listener.role && spec.defaultBind === 'loopback'),
  );
  const ports = closedIn.map((listener) => `${listener.role} port ${listener.port}`).join(', ');
  return [
    {
      code: 'loopback-only-listener',
      certainty: 'confirmed',
      summary: `The ${ports} listens on loopback alone: no other pod can reach it.`,
      evidence: closedIn.flatMap((listener) => rowsText(listener.rows)),
      cause: byDefault
        ? `${profile.title} listens on loopback unless it is told otherwise.`
        : 'The server is bound to localhost: most often its own name resolves to a loopback address.',
      remedy: `Bind the server to the pod address or to all addresses (${profile.advice.listenEverywhere})${byDefault ? '' : ', and check what its own host name resolves to in the pod'}.`,
    },
  ];
}
