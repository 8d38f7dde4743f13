import { loadPart } from './load.ts';

await loadPart('http');
