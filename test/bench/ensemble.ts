/** `ensemble.ts`: the demo's stand-in, healthy and quiet, until the standard input ends. */
import { startStandIn } from '../demo/stand-in.ts';
import { ENSEMBLE } from './pod.ts';
import { untilStdinEnds } from './program.ts';

await startStandIn({ addresses: ENSEMBLE });
process.stdout.write('up\n');
await untilStdinEnds();
process.exit(0);
