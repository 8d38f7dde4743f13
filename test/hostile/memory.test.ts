import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveHeapOf } from '../bench/memory.ts';
import { whyNoNamespaces } from '../bench/network.ts';
import { openPod, type Pod } from '../bench/pod.ts';
import { ownProgram, startProgram } from '../bench/program.ts';
import { buildProgram } from '../built-program.ts';
import { HEAP_LIMIT_MIB, IMAGE_FLAGS } from '../image-flags.ts';
import { LIVE_HEAP, WORST_ORIGIN, worstArguments } from '../load/worst-case.ts';

const SCHEMAS = 200;
/** Garbage aside, answers leave code behind that was compiled for them, once. */
const GROWTH_MIB = 1;
const STREAMERS = 3;
const ROUNDS_SECONDS = 10;
/** An odd number of samples has a middle one; so far apart, most of them lie between scans. */
const COLLECTIONS = 9;
const APART_MS = 250;

const obstacle = whyNoNamespaces();
const skip = obstacle === null || process.env['CI'] === 'true' ? false : obstacle;

let pod: Pod;

before(async () => {
  if (skip !== false) return;
  const agent = [...IMAGE_FLAGS, `--import=${LIVE_HEAP}`, buildProgram().path];
  pod = await openPod(
    [process.execPath, ...agent, ...worstArguments()],
    ownProgram('../load/worst-pod.ts'),
  );
  assert.equal(await inPod('../bench/scraper.ts', `${WORST_ORIGIN}/metrics`, '1'), '1');
});

after(async () => {
  if (skip === false) await pod.close();
});

/** The first line that a program in the pod says. */
async function inPod(file: string, ...args: readonly string[]): Promise<string> {
  const program = startProgram(pod.namespace.inside(ownProgram(`../hostile/${file}`, ...args)));
  return await program.nextLine();
}

/**
 * Half of the heap is free between scans, and a third of it at any moment: a collection in the middle of a
 * scan also finds the rows and links that this scan is about to let go, some 3 MiB here.
 */
async function assertRoom(t: { diagnostic(text: string): void }): Promise<number> {
  const samples: number[] = [];
  while (samples.length < COLLECTIONS) {
    samples.push(await liveHeapOf(pod));
    await sleep(APART_MS);
  }
  samples.sort((a, b) => a - b);
  const usualMiB = samples[COLLECTIONS >> 1] ?? Number.NaN;
  const mostMiB = samples.at(-1) ?? Number.NaN;
  const alive = `${usualMiB.toFixed(1)} MiB alive of ${HEAP_LIMIT_MIB}, at most ${mostMiB.toFixed(1)}`;
  t.diagnostic(alive);
  assert.ok(usualMiB <= HEAP_LIMIT_MIB / 2, alive);
  assert.ok(mostMiB <= (HEAP_LIMIT_MIB * 2) / 3, alive);
  return usualMiB;
}

test('the schema, fetched 200 times, leaves nothing in memory', { skip }, async (t) => {
  const url = `${WORST_ORIGIN}/api/v1/report/schema`;
  // The agent's own memory of its members grows in its first seconds too: that is not the schema's.
  assert.equal(await inPod('../bench/scraper.ts', url, `${SCHEMAS}`), `${SCHEMAS}`);
  const beforeMiB = await assertRoom(t);
  assert.equal(await inPod('../bench/scraper.ts', url, `${SCHEMAS}`), `${SCHEMAS}`);
  const afterMiB = await assertRoom(t);
  assert.ok(afterMiB - beforeMiB < GROWTH_MIB, `grew from ${beforeMiB} to ${afterMiB} MiB`);
});

for (const readers of [STREAMERS * 8, 36, 64]) {
  test(`${readers} readers of all paths and streams, 4,000 sockets and nine members leave half of the heap free`, {
    skip,
  }, async (t) => {
    const reading = inPod('../load/readers.ts', WORST_ORIGIN, `${readers}`, String(ROUNDS_SECONDS));
    await assertRoom(t);
    const answers: Record<string, number> = JSON.parse(await reading);
    t.diagnostic(JSON.stringify(answers));
    assert.ok(Number(answers['200']) > readers, 'hardly anything was answered');
    await assertRoom(t);
    assert.equal(await inPod('../bench/scraper.ts', `${WORST_ORIGIN}/livez`, '1'), '1');
  });
}
