import type * as Http from 'node:http';
import type * as Https from 'node:https';
import { createRequire } from 'node:module';

/**
 * Node's own `http`. An `import` of it reads every export at once, those that Node loads only when
 * they are read included: from Node 24 on that is its whole web client (undici), 2.4 MiB of heap and
 * several of resident memory that the agent has no use for. A `require` reads none of them.
 */
export const http: typeof Http = createRequire(import.meta.url)('node:http');

/** Node's own `https`, loaded by the first who needs it. */
export function loadHttps(): typeof Https {
  return createRequire(import.meta.url)('node:https');
}
