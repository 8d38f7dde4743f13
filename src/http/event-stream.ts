import type { Response } from 'express';
import type { Transition } from '../model/transition.ts';

const MOST_STREAMS = 8;
const HEARTBEAT_MS = 15_000;
/** A reader that lets more than this wait in its connection is dropped. */
const MOST_WAITING_BYTES = 64 * 1024;

export interface TransitionSource {
  readonly onTransition: (listener: (transition: Transition) => void) => () => void;
  readonly onStop: (listener: () => void) => () => void;
}

/** Opens streams of transitions as server-sent events, a bounded number of them. */
export function eventStream(source: TransitionSource): (response: Response) => void {
  const readers = new Set<Response>();
  const send = (reader: Response, text: string): void => {
    if (reader.writableLength > MOST_WAITING_BYTES) reader.destroy();
    else reader.write(text);
  };
  source.onTransition((transition) => {
    const event = `event: transition\ndata: ${JSON.stringify(transition)}\n\n`;
    for (const reader of readers) send(reader, event);
  });
  source.onStop(() => {
    for (const reader of readers) reader.end();
  });
  return (response) => {
    if (readers.size >= MOST_STREAMS) {
      response.status(503).set('Retry-After', '10').type('text/plain');
      response.send(`already ${readers.size} open streams\n`);
      return;
    }
    response.set('Content-Type', 'text/event-stream').flushHeaders();
    readers.add(response);
    const heartbeat = setInterval(() => send(response, ': still here\n\n'), HEARTBEAT_MS);
    response.on('close', () => {
      clearInterval(heartbeat);
      readers.delete(response);
    });
    response.write(': transitions follow\n\n');
  };
}
