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
  const readers = createReaders(limits, (isUsed) => {
    onUse(isUsed);
    if (isUsed) begin();
    else end();
  });
  const renewal = createRenewal(render);
  let gathering: NodeJS.Timeout | null = null;
  let heartbeat: NodeJS.Timeout | null = null;
  let closed = false;

  /** Every event bears this clock, so that pages can tell ages whatever theirs says. */
  const eventOf = (name: 'page' | 'beat', update?: PageUpdate): string =>
    `event: ${name}\ndata: ${JSON.stringify({ nowMs: nowMs(), ...update })}\n\n`;

  function begin(): void {
    heartbeat = setInterval(() => readers.sendAll(eventOf('beat')), limits.heartbeatMs);
    heartbeat.unref();
  }

  function end(): void {
    if (heartbeat) clearInterval(heartbeat);
    if (gathering) clearTimeout(gathering);
    heartbeat = null;
    gathering = null;
    renewal.forget();
  }

  return {
    open(response) {
      if (closed || readers.isFull()) {
        response.status(503).set('Retry-After', '10').type('text/plain');
        response.send(closed ? 'stopping\n' : `already ${readers.size()} open streams\n`);
        return;
      }
      readers.join(response);
      readers.send(response, eventOf('page', renewal.whole()));
    },
    changed() {
      if (readers.size() === 0 || gathering !== null) return;
      gathering = setTimeout(() => {
        gathering = null;
        readers.sendAll(eventOf('page', renewal.changes()));
      }, limits.gatherMs);
      gathering.unref();
    },
    close() {
      closed = true;
      readers.endAll();
    },
    size: readers.size,
  };
}

/** What open pages show now, and what of it is new. */
function createRenewal(render: () => PageUpdate) {
  let shown: PageUpdate | null = null;
  return {
    whole(): PageUpdate {
      shown ??= render();
      return shown;
    },
    changes(): PageUpdate {
      const next = render();
      const update = { ...next, sections: changedSections(shown, next) };
      shown = next;
      return update;
    },
    forget(): void {
      shown = null;
    },
  };
}

/** The open streams; `onUse` is told when the first one comes and when the last one is gone. One that does not read what it is sent is dropped. */
function createReaders(limits: StreamLimits, onUse: (isUsed: boolean) => void) {
  const readers = new Set<Response>();

  function leave(response: Response): void {
    if (readers.delete(response) && readers.size === 0) onUse(false);
  }

  function send(reader: Response, event: string): void {
    if (reader.writableLength > limits.mostWaitingBytes) {
      reader.destroy();
      leave(reader);
      return;
    }
    reader.write(event);
  }

  return {
    size: () => readers.size,
    isFull: () => readers.size >= limits.mostStreams,
    join(response: Response): void {
      response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.flushHeaders();
      response.on('close', () => leave(response));
      if (readers.size === 0) onUse(true);
      readers.add(response);
    },
    send,
    sendAll(event: string): void {
      for (const reader of [...readers]) send(reader, event);
    },
    endAll(): void {
      for (const reader of [...readers]) {
        leave(reader);
        reader.end();
      }
    },
  };
}

function changedSections(before: PageUpdate | null, now: PageUpdate): PageUpdate['sections'] {
  const shown = new Map(Object.entries(before?.sections ?? {}));
  const sections = Object.entries(now.sections);
  return Object.fromEntries(sections.filter(([id, html]) => shown.get(id) !== html));
}
