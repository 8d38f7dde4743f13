import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { scripts: { start: string } };

/** The flags that `npm start` and the image start the agent with: one list, which a test compares with the Dockerfile. */
export const IMAGE_FLAGS: readonly string[] = scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--'));

/** The most that the JavaScript heap may hold, in MiB. */
export const HEAP_LIMIT_MIB = Number(
  IMAGE_FLAGS.find((flag) => flag.startsWith('--max-old-space-size='))?.split('=')[1],
);
