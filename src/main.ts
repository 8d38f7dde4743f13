#!/usr/bin/env node
// Types alone: loading takes a while, and a signal that comes before there is a handler is lost where
// this is process 1 of a container. What Node itself needs before it runs this line cannot be helped.
import type { Heed } from './program.ts';

const [, , word = 'serve'] = process.argv;
const isAgent = word === 'serve' || word.startsWith('-');

let heed: Heed = (signal) => process.exit(isAgent ? 0 : signal === 'SIGINT' ? 130 : 143);
process.on('SIGTERM', () => heed('SIGTERM'));
process.on('SIGINT', () => heed('SIGINT'));

const { program } = await import('./program.ts');
await program(isAgent, (next) => {
  heed = next;
});
