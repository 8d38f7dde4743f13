import type { Listener } from '../../model/link.ts';
import { UNREAD_AT_ONE_LOOK_BYTES } from '../quorum/peer-links.ts';
import { isUndrained, linkUnread, portBacklog } from '../quorum/undrained.ts';
import { listed, rowsText } from '../scene/row-text.ts';
import { nameOf, peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Connections and bytes that the process leaves waiting: the signs of one that hangs. */
export function queueFindings(scene: Scene): Diagnosis[] {
  return [...backlog(scene), ...unread(scene)];
}

/** Listeners whose accept queue has not shrunk for the time that counts. */
export function backlogged(scene: Scene): Listener[] {
  const { queues, persistMs } = scene.persistence;
  return scene.folded.listeners.filter(
    ({ port, acceptQueue }) => acceptQueue > 0 && isUndrained(queues, portBacklog(port), persistMs),
  );
}

function backlog(scene: Scene): Diagnosis[] {
  const listeners = backlogged(scene);
  if (listeners.length === 0) return [];
  const where = listeners
    .map(
      (listener) =>
        `${listener.acceptQueue}${ofLimit(listener)} on the ${listener.role} port ${listener.port}`,
    )
    .join(', ');
  const isFull = listeners.some(
    ({ acceptQueue, acceptQueueLimit }) =>
      acceptQueueLimit !== null && acceptQueue > acceptQueueLimit,
  );
  return [
    {
      code: 'accept-queue-backlog',
      certainty: 'confirmed',
      summary: `Connections are waiting to be accepted: ${where}.${isFull ? ' The queue is full: the kernel drops new connections.' : ''}`,
      evidence: listeners.flatMap((listener) => rowsText(listener.rows)),
      cause:
        "The server's accept thread is not running: the process is stopped, starved of CPU, or in a long garbage collection.",
      remedy:
        'Check the process: its CPU limit and throttling, its garbage-collection log, a thread dump (kill -QUIT for a JVM). Restart it if it does not recover.',
    },
  ];
}

/** The share of the limit; a queue is full with one connection more than it (`sk_acceptq_is_full`). */
function ofLimit({ acceptQueue, acceptQueueLimit }: Listener): string {
  if (acceptQueueLimit === null) return '';
  const share = Math.min(1, acceptQueue / Math.max(1, acceptQueueLimit));
  return ` of ${acceptQueueLimit} (${Math.floor(share * 100)} %)`;
}

function unread(scene: Scene): Diagnosis[] {
  const { queues, persistMs } = scene.persistence;
  const least = persistMs === 0 ? UNREAD_AT_ONE_LOOK_BYTES : 1;
  const links = peerLinks(scene).filter(
    (link) => link.unreadBytes >= least && isUndrained(queues, linkUnread(link), persistMs),
  );
  if (links.length === 0) return [];
  const bytes = links.reduce((sum, link) => sum + link.unreadBytes, 0);
  const peers = links.map((link) => (link.peer === null ? 'a peer' : nameOf(scene, link.peer)));
  return [
    {
      code: 'unread-bytes',
      certainty: 'confirmed',
      summary: `The server has not read ${bytes} bytes that ${listed(peers)} sent.`,
      evidence: rowsText(links.flatMap((link) => link.rows)),
      cause:
        'The process is stopped, starved of CPU, in a long garbage collection, or blocked on its disk.',
      remedy:
        'Check the process: CPU throttling, garbage-collection log, disk latency of its transaction log, a thread dump.',
    },
  ];
}
