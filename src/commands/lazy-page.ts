import { Router } from 'express';

/** A router that is loaded by its first request: a pod whose page nobody opens does not pay for it. */
export function lazily(load: () => Promise<Router>): Router {
  const router = Router();
  let loaded: Promise<Router> | null = null;
  router.get(['/', '/api/v1/stream'], async (request, response, next) => {
    loaded ??= load();
    const page = await loaded;
    page(request, response, next);
  });
  return router;
}
