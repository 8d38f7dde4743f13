import type { Response } from 'express';
import type { PageUpdate } from './render.ts';

export interface StreamLimits {
  readonly mostStreams: number;
  /** Sent while nothing changes, so that the other end can tell silence from loss. */
  readonly heartbeatMs: number;
  /** Reports that follow each other faster are shown together. */
  readonly gatherMs: number;
  /** A reader that lets more than this wait in its connection is dropped. */
  readonly mostWaitingBytes: number;
}

export const STREAM_LIMITS: StreamLimits = {
  mostStreams: 16,
  heartbeatMs: 5_000,
  gatherMs: 200,
  mostWaitingBytes: 256 * 1024,
};

export interface PageStreams {
  /** Opens a stream, or answers 503 when there are enough. */
  open(response: Response): void;
  /** Sends what changed since the last update, soon and to all. */
  changed(): void;
  /** Ends every stream and opens no more. */
  close(): void;
  /** How many streams are open. */
  size(): number;
}

/**
 * Server-sent events for open pages. A page is rendered only while somebody reads it, once for all
 * readers; a new reader gets all of it, later only the parts that changed.
 */
export function pageStreams(
  render: () => PageUpdate,
  limits: StreamLimits,
  nowMs: () => number,
  onUse: (isUsed: boolean) => void,
): PageStreams {
  const readers = new Set<Response>();
  let shown: PageUpdate | null = null;
  let gathering: NodeJS.Timeout | null = null;
  let heartbeat: NodeJS.Timeout | null = null;
  let closed = false;

  function open(response: Response): void {
    if (closed || readers.size >= limits.mostStreams) {
      response.status(503).set('Retry-After', '10').type('text/plain');
      response.send(closed ? 'stopping\n' : `already ${readers.size} open streams\n`);
      return;
    }
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    response.on('close', () => leave(response));
    if (readers.size === 0) begin();
    readers.add(response);
    if (shown === null) shown = render();
    send(response, eventOf('page', shown));
  }

  function begin(): void {
    onUse(true);
    heartbeat = setInterval(() => sendAll(eventOf('beat')), limits.heartbeatMs);
    heartbeat.unref();
  }

  function leave(response: Response): void {
    if (!readers.delete(response) || readers.size > 0) return;
    onUse(false);
    if (heartbeat) clearInterval(heartbeat);
    if (gathering) clearTimeout(gathering);
    heartbeat = null;
    gathering = null;
    shown = null;
  }

  function changed(): void {
    if (readers.size === 0 || gathering !== null) return;
    gathering = setTimeout(() => {
      gathering = null;
      const next = render();
      sendAll(eventOf('page', { ...next, sections: changedSections(shown, next) }));
      shown = next;
    }, limits.gatherMs);
    gathering.unref();
  }

  function sendAll(event: string): void {
    for (const reader of [...readers]) send(reader, event);
  }

  function send(reader: Response, event: string): void {
    if (reader.writableLength > limits.mostWaitingBytes) {
      reader.destroy();
      leave(reader);
      return;
    }
    reader.write(event);
  }

  function close(): void {
    closed = true;
    for (const reader of [...readers]) {
      leave(reader);
      reader.end();
    }
  }

  /** Every event bears this clock, so that pages can tell ages whatever theirs says. */
  function eventOf(name: 'page' | 'beat', update?: PageUpdate): string {
    return `event: ${name}\ndata: ${JSON.stringify({ nowMs: nowMs(), ...update })}\n\n`;
  }

  return { open, changed, close, size: () => readers.size };
}

function changedSections(before: PageUpdate | null, now: PageUpdate): PageUpdate['sections'] {
  const shown = new Map(Object.entries(before?.sections ?? {}));
  const sections = Object.entries(now.sections);
  return Object.fromEntries(sections.filter(([id, html]) => shown.get(id) !== html));
}
