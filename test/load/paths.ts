/** Every path whose answer ends. */
export const READ_PATHS: readonly string[] = [
  '/metrics',
  '/api/v1/report',
  '/',
  '/readyz?verbose',
  '/livez',
  '/api/v1/events',
  '/api/v1/report/schema',
  '/api/v1/ensemble',
  '/healthz',
];

/** Paths that are answered with server-sent events until somebody closes. */
export const STREAM_PATHS: readonly string[] = ['/api/v1/events', '/api/v1/stream'];
