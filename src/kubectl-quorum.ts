#!/usr/bin/env node
// kubectl runs the program of this name on the PATH for "kubectl quorum", with the words after it.
process.argv.splice(2, 0, 'diagnose');
await import('./main.ts');
