import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNamespace, whyNoNamespaces } from '../bench/network.ts';
import { ownProgram, startProgram } from '../bench/program.ts';
import { buildProgram } from '../built-program.ts';
import { inTests } from '../runner/parts.ts';
import type { Step } from './beside.ts';

const built = buildProgram();

test('two agents on one pod, by /proc and by netlink, answer the same through the loss of a leader and its return', {
  skip: whyNoNamespaces() ?? false,
  timeout: 180_000,
}, async (t) => {
  const namespace = await openNamespace();
  const world = startProgram(
    namespace.inside(ownProgram(inTests('kernel/beside-world.ts'), built.path)),
  );
  t.after(async () => {
    await world.stop();
    await namespace.close();
  });
  for (let step = 0; step < 4; step += 1) {
    const { step: what, proc, netlink }: Step = JSON.parse(await world.nextLine());
    assert.deepEqual(netlink, proc, what);
  }
});
