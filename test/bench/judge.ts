import { IMAGE_FLAGS } from '../image-flags.ts';
import type { Judged } from './judge-rounds.ts';
import { ownProgram, startProgram } from './program.ts';
import { figure, markdown } from './table.ts';

/** TypeScript is compiled in the same process, which needs more memory than the image gives. */
const FLAGS = IMAGE_FLAGS.filter((flag) => !flag.startsWith('--max-old-space-size'));

/** What judging costs where a neighbour has filled the table, by profile, as Markdown. */
export async function benchJudge(rounds: number, every: number): Promise<string> {
  const few = await judged(rounds, every, 'literal');
  const many = await judged(rounds, every, 'thousands');
  return markdown(
    ['4,096 rows', 'usual CPU ms', 'longest CPU ms', 'with 5,000 members', 'longest by'],
    few.map(({ profile, crowd, cpuMs, usualCpuMs }, at) => [
      profile,
      figure(usualCpuMs),
      figure(cpuMs),
      figure(many[at]?.cpuMs ?? Number.NaN),
      crowd,
    ]),
  );
}

async function judged(
  rounds: number,
  every: number,
  membership: 'literal' | 'thousands',
): Promise<readonly Judged[]> {
  const [node = '', ...args] = ownProgram('judge-rounds.ts', `${rounds}`, `${every}`, membership);
  const worker = startProgram([node, ...FLAGS, ...args]);
  const result: Judged[] = JSON.parse(await worker.nextLine());
  await worker.stop();
  return result;
}
