import { createRequire } from 'node:module';

/**
 * Node's own `http`. An `import` of it reads every export at once, those that Node loads only when
 * they are read included: from Node 24 on that is its whole web client (undici), 2.4 MiB of heap and
 * 14 MiB of resident memory that the agent has no use for. A `require` reads none of them.
 */
export const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');
