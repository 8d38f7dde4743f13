import { Router } from 'express';
import type { EnsembleDocument } from '../model/ensemble-document.ts';
import type { Transition } from '../model/transition.ts';
import { eventStream, type TransitionSource } from './event-stream.ts';

export interface EvidenceSources extends TransitionSource {
  readonly transitions: () => readonly Transition[];
  /** What the members' probes say together; `null` where they are not asked. */
  readonly ensemble: () => EnsembleDocument | null;
}

/** `GET /api/v1/events`, as JSON or as server-sent events, and `GET /api/v1/ensemble`. */
export function evidenceRouter(sources: EvidenceSources): Router {
  const router = Router();
  const open = eventStream(sources);
  router.get('/api/v1/events', (request, response) => {
    const streams = request.accepts(['json', 'text/event-stream']) === 'text/event-stream';
    if (streams && request.method === 'GET') open(response);
    else response.json({ transitions: sources.transitions() });
  });
  router.get('/api/v1/ensemble', (_request, response) => {
    const ensemble = sources.ensemble();
    if (ensemble !== null) response.json(ensemble);
    else
      response.status(404).type('text/plain').send('peers are not asked; start with --ask peers\n');
  });
  return router;
}
