import { isPeerPort, type PortSpec } from '../../model/profile.ts';
import { mustListen } from '../quorum/required-ports.ts';
import { listeningOf } from '../quorum/seen.ts';
import { listed, rowsText } from '../scene/row-text.ts';
import { certaintyOfAbsence, portsOf, type Scene } from '../scene/scene.ts';

import type { Diagnosis } from './finding.ts';

/** What the listeners of the watched ports show. */
export function portFindings(scene: Scene): Diagnosis[] {
  if (scene.standing.role === 'absent') return absent(scene);
  return [...closedClientPort(scene), ...closedPeerPorts(scene), ...loopbackOnly(scene)];
}

function closedClientPort(scene: Scene): Diagnosis[] {
  const { profile } = scene.settings;
  const spec = profile.ports.find((port) => !isPeerPort(port) && mustListen(port, scene.members));
  if (spec === undefined || listeningOf(scene.folded, spec) !== 'closed') return [];
  return [
    {
      code: 'client-port-closed',
      certainty: certaintyOfAbsence(scene),
      summary: `${profile.title} is not listening on its ${spec.title} ${portsOf(scene, spec.role)}.`,
      evidence: scene.folded.listeners.flatMap((listener) => rowsText(listener.rows)),
      cause:
        scene.standing.role === 'member' && scene.standing.linked.kind === 'out'
          ? 'The server is starting, closes this port while it has no quorum (see no-quorum), or uses another port number.'
          : 'The server is starting, or uses another port number.',
      remedy: lookAtServer(spec),
    },
  ];
}

/** No port that the server must open is open: whatever else listens here may be another process's. */
function absent(scene: Scene): Diagnosis[] {
  const { listeners } = scene.folded;
  const { profile } = scene.settings;
  const required = profile.ports.filter((spec) => mustListen(spec, scene.members));
  const forClients = required.find((spec) => !isPeerPort(spec));
  // A member without a vote may have no port that it must open.
  const expected = required.length > 0 ? required : profile.ports;
  const spec = forClients ?? expected[0];
  if (spec === undefined) return [];
  const closed = expected.map(({ role, title }) => `${title} ${portsOf(scene, role)}`);
  const others = listeners.map(({ role, port }) => `${role} port ${port}`).join(' and ');
  const open =
    others === ''
      ? ''
      : `; the listener on ${others} may belong to another process${required.some(({ listens }) => listens === 'voters') ? ', or to a member without a vote (--observers)' : ''}`;
  return [
    {
      code:
        forClients !== undefined || listeners.length === 0
          ? 'client-port-closed'
          : 'peer-port-closed',
      certainty: certaintyOfAbsence(scene),
      summary: `${profile.title} is not listening on any of its ports: ${closed.join(' and ')} ${closed.length === 1 ? 'is' : 'are'} closed${open}.`,
      evidence:
        listeners.length === 0
          ? ['no LISTEN row on any watched port']
          : listeners.flatMap((listener) => rowsText(listener.rows)),
      cause: 'The server process is not running, has not started yet, or uses other ports.',
      remedy: lookAtServer(spec),
    },
  ];
}

function lookAtServer(spec: PortSpec): string {
  return `Check the server container's log and restarts (kubectl logs, kubectl describe pod). If it uses other ports, set --ports ${spec.role}=PORT.`;
}

function closedPeerPorts(scene: Scene): Diagnosis[] {
  const { profile } = scene.settings;
  const required = profile.ports.filter((spec) => mustListen(spec, scene.members));
  if (scene.standing.size === 1) return [];
  const closed = required.filter(
    (spec) => isPeerPort(spec) && listeningOf(scene.folded, spec) === 'closed',
  );
  return closed.map((spec) => ({
    code: 'peer-port-closed',
    certainty: certaintyOfAbsence(scene),
    summary: `The server runs but is not listening on its ${spec.title} ${portsOf(scene, spec.role)}: no other member can reach it there.`,
    evidence: scene.folded.listeners.flatMap((listener) => rowsText(listener.rows)),
    cause:
      'The server runs alone (its configuration lacks the other members), could not bind the port, or uses another port number.',
    remedy: `Check that the configuration lists every member (${profile.advice.memberList}), and look for a failed bind in the server's log. If it uses another port, set --ports ${spec.role}=PORT.`,
  }));
}

function loopbackOnly(scene: Scene): Diagnosis[] {
  if (scene.folded.mesh.inbound === 'loopback') return [];
  const { profile } = scene.settings;
  const closedIn = scene.folded.listeners.filter(
    (listener) =>
      listener.reach === 'loopback' &&
      profile.ports.some((spec) => spec.role === listener.role && isPeerPort(spec)),
  );
  if (closedIn.length === 0) return [];
  const byDefault = closedIn.every((listener) =>
    profile.ports.some((spec) => spec.role === listener.role && spec.defaultBind === 'loopback'),
  );
  const ports = listed(closedIn.map(({ role, port }) => `${role} port ${port}`));
  const one = closedIn.length === 1;
  return [
    {
      code: 'loopback-only-listener',
      certainty: 'confirmed',
      summary: `The ${ports} ${one ? 'listens' : 'listen'} only on loopback: no other pod can reach ${one ? 'it' : 'them'}.`,
      evidence: closedIn.flatMap((listener) => rowsText(listener.rows)),
      cause: byDefault
        ? `${profile.title} listens on loopback by default.`
        : 'The server is bound to localhost, most often because its own name resolves to a loopback address.',
      remedy: `Bind the server to the pod address or to all addresses (${profile.advice.listenEverywhere})${byDefault ? '' : ', and check what its own host name resolves to in the pod'}.`,
    },
  ];
}
