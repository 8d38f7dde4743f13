import { open } from 'node:fs';
import { end } from '../src/ending.ts';

// Run by ending.test.ts: a thread of the pool waits for the other end of the named pipe, for ever.
const [, , pipe = '', code = ''] = process.argv;
open(pipe, 'r', () => {});
await end(Number(code));
