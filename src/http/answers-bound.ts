import type { RequestHandler, Response } from 'express';

/** More than any sensible number of scrapers and people ask for in the same moment. */
const MOST_AT_ONCE = 64;

/**
 * Bounds how many answers are under way at once; beyond that, 503 with Retry-After. One that has begun to
 * go out no longer counts, so that clients who read slowly keep nobody out.
 */
export function answersBound(most: number = MOST_AT_ONCE): RequestHandler {
  const making = new Set<Response>();

  function refuse(response: Response): void {
    // Who is refused comes again with a connection of its own, behind those who wait.
    response.status(503).set({ 'Retry-After': '1', Connection: 'close' }).type('text/plain');
    response.send(`already ${making.size} answers under way; ask again in a second\n`);
  }

  return (_request, response, next) => {
    if (making.size >= most) {
      for (const other of making) if (other.headersSent) making.delete(other);
    }
    if (making.size >= most) {
      refuse(response);
      return;
    }
    making.add(response);
    response.once('close', () => making.delete(response));
    next();
  };
}
