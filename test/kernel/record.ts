/** `record.ts FILE`: writes one moment of a real kernel's table, by both ways, as a fixture. Needs root. */
import { writeFileSync } from 'node:fs';
import { recordWorld } from './recording.ts';

const [recording] = await recordWorld(1);
writeFileSync(process.argv[2] ?? '', `${JSON.stringify(recording, null, 1)}\n`);
