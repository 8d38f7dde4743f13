import { ownerName } from '../../links/server-owner.ts';
import type { Socket } from '../../model/socket.ts';
import { rowsText } from '../scene/row-text.ts';
import type { Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Whose sockets there are on the watched ports, where not all are the server's. */
export function ownerFindings(scene: Scene): Diagnosis[] {
  return [...mixedOwners(scene), ...partedPorts(scene), ...foreignSockets(scene)];
}

/** The listeners' owner holds no connection, and somebody else holds some with members. */
function mixedOwners(scene: Scene): Diagnosis[] {
  const { owner, links } = scene.folded;
  if (owner.kind !== 'unproven' || owner.others.size === 0) return [];
  const rows = links.flatMap((link) => link.rows).filter((row) => isHeldBy(row, owner.others));
  const listening = [...owner.names].join(', ');
  const connected = [...owner.others].join(', ');
  return [
    {
      code: 'mixed-owners',
      certainty: 'suspected',
      summary: `${listening} listens on the server's ports, and ${connected} holds the connections with other members: these may be different servers.`,
      evidence: rowsText([...scene.folded.listeners.flatMap((listener) => listener.rows), ...rows]),
      cause: owner.trusted
        ? 'A server that binds its ports as root and then runs as another user; or another container of this pod that connects to the members.'
        : 'Another container of this pod connects to the members, or the server runs as several users.',
      remedy: `Compare with the users of the containers (kubectl exec POD -c CONTAINER -- id -u), and set --server-uid to the server's uid, or to several with commas.`,
    },
  ];
}

/** Several owners hold the ports that the server must listen on, and none of them holds all. */
function partedPorts({ folded }: Scene): Diagnosis[] {
  const { owner, listeners } = folded;
  if (owner.kind !== 'unproven' || owner.trusted) return [];
  if (owner.names.size < 2 || owner.others.size > 0) return [];
  return [
    {
      code: 'mixed-owners',
      certainty: 'suspected',
      summary: `The server's ports are held by ${[...owner.names].join(' and ')}, none of which holds all of them: one may be another program that took a port which the server has not opened.`,
      evidence: rowsText(
        listeners.flatMap((listener) => listener.rows).filter((row) => isHeldBy(row, owner.names)),
      ),
      cause:
        'Another container or program listens on a port of the server, which then cannot open it; or the server runs as several users.',
      remedy:
        "Compare with the users of the containers (kubectl exec POD -c CONTAINER -- id -u). Where all of them are the server's, set --server-uid to them, with commas; else give the other program another port.",
    },
  ];
}

/** Sockets that another process of the pod holds on the watched ports. */
function foreignSockets(scene: Scene): Diagnosis[] {
  const { owner, foreign } = scene.folded;
  if (foreign.length === 0 || owner.kind === 'unnamed') return [];
  const names = [...new Set(foreign.flatMap(({ owner: of }) => ownerName(of) ?? []))];
  const one = foreign.length === 1;
  return [
    {
      code: 'foreign-sockets',
      certainty: 'confirmed',
      summary: `${foreign.length} ${one ? 'socket' : 'sockets'} on the watched ports ${one ? 'belongs' : 'belong'} to ${names.slice(0, MOST_NAMES).join(', ')}, not to the server (${[...owner.names].join(', ')}), and ${one ? 'is' : 'are'} ignored.`,
      evidence: rowsText(foreign),
      cause:
        'Another container of this pod uses the same ports: a client, a script, a debugging session.',
      remedy:
        "None needed if you know these sockets. If they are the server's own, list every uid that it runs as in --server-uid.",
    },
  ];
}

const MOST_NAMES = 4;

function isHeldBy({ owner }: Socket, names: ReadonlySet<string>): boolean {
  return names.has(ownerName(owner) ?? '');
}
