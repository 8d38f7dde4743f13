#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readHostsFile } from './evidence/hosts-file.ts';
import { run } from './run.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read the output has read enough, as `head` does.
  if (error.code !== 'EPIPE') throw error;
});

const exitCode = await run(process.argv.slice(2), process.env, {
  hostname: hostname(),
  hostsFile: () => readHostsFile(),
  readText: (path) => readFile(path, 'utf8'),
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  // https://no-color.org: any non-empty value switches colours off.
  colour: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
});
// A name lookup that nobody waits for any more would hold the process for the resolver's own time-out.
process.exit(exitCode);
