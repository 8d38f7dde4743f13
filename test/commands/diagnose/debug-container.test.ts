import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debugContainer } from '../../../src/commands/diagnose/debug-container.ts';
import { failed, type Kubectl } from '../../../src/commands/diagnose/kubectl.ts';

interface Added {
  readonly name: string;
  readonly image: string;
  readonly profile: string;
  readonly program: string;
}

/** What becomes of an ephemeral container: its state as Kubernetes has it, or the refusal of kubectl. */
type Fate = (added: Added) => object | string;

const RUNNING = { running: {} };
const ENDED = { terminated: { reason: 'StartError', exitCode: 128 } };
const REFUSED = { waiting: { reason: 'CreateContainerConfigError' } };

/** A pod to which containers are added. */
function podWith(fate: Fate) {
  const added: Added[] = [];
  let nowMs = 0;
  const kubectl: Kubectl = {
    async run([verb, ...words]) {
      if (verb === 'get') {
        const ephemeralContainerStatuses = added.flatMap((one) => {
          const state = fate(one);
          return typeof state === 'string' ? [] : [{ name: one.name, state }];
        });
        const pod = { kind: 'Pod', status: { ephemeralContainerStatuses } };
        return { kind: 'ok', out: Buffer.from(JSON.stringify(pod)) };
      }
      const option = (name: string): string =>
        words.find((word) => word.startsWith(`--${name}=`))?.replace(/^.*?=/, '') ?? '';
      const one = {
        ...{ name: option('container'), image: option('image'), profile: option('profile') },
        program: words[words.indexOf('--') + 1] ?? '',
      };
      added.push(one);
      const state = fate(one);
      return typeof state === 'string'
        ? failed(state, 1, Buffer.alloc(0))
        : { kind: 'ok', out: Buffer.alloc(0) };
    },
    forward: () => Promise.resolve('none'),
    end: () => {},
  };
  const edges = {
    kubectl,
    clock: () => nowMs,
    delay: async (ms: number) => {
      nowMs += ms;
    },
  };
  return { added, add: (image: string) => debugContainer(edges, 'zk-0', image) };
}

test('an image with a sleep is read by its cat, and the container is used again', async () => {
  const { added, add } = podWith(() => RUNNING);
  const first = await add('busybox');
  assert.ok('container' in first);
  assert.equal(first.by, 'cat');
  assert.deepEqual(
    added.map(({ program, profile }) => [program, profile]),
    [['sleep', 'restricted']],
  );
  assert.deepEqual(await add('busybox'), first);
  assert.equal(added.length, 1);
});

test("the project's own image, under whatever registry, is read by its Node.js", async () => {
  for (const image of [
    'quorum-probe:1',
    'ghcr.io/a/quorum-probe',
    'localhost:5000/quorum-probe@sha256:00',
  ]) {
    const { added, add } = podWith(() => RUNNING);
    const first = await add(image);
    assert.equal('container' in first && first.by, 'node');
    assert.deepEqual(
      added.map(({ program }) => program),
      ['/nodejs/bin/node'],
    );
    // A container of another image's way would be taken for what its name says.
    assert.deepEqual(await add('busybox'), first);
  }
});

test('an image without a sleep is tried as the own one under another name', async () => {
  const { added, add } = podWith(({ program }) => (program === 'sleep' ? ENDED : RUNNING));
  const reader = await add('mirror/probe:1');
  assert.equal('container' in reader && reader.by, 'node');
  assert.equal(added.length, 2);
  const neither = await podWith(() => ENDED).add('scratch');
  assert.deepEqual(neither, {
    failed:
      'no ephemeral container of scratch could be started: it has no sleep; it has no Node.js',
  });
});

test('an image that runs as root is tried without the restriction', async () => {
  const { added, add } = podWith(({ profile }) => (profile === 'baseline' ? RUNNING : REFUSED));
  assert.ok('container' in (await add('busybox')));
  assert.deepEqual(
    added.map(({ profile }) => profile),
    ['restricted', 'baseline'],
  );
});

test('a right that is missing ends it at once', async () => {
  const words =
    'Error from server (Forbidden): pods "zk-0" is forbidden: User "x" cannot patch resource "pods/ephemeralcontainers"';
  const { added, add } = podWith(() => words);
  const answer = await add('busybox');
  assert.match('failed' in answer ? answer.failed : '', /cannot patch .*ephemeralcontainers/);
  assert.equal(added.length, 1);
});

test('an image that cannot be pulled, and one that never starts, are told', async () => {
  const pull = podWith(() => ({ waiting: { reason: 'ErrImagePull' } }));
  const pulled = await pull.add('nowhere/x');
  assert.match('failed' in pulled ? pulled.failed : '', /ErrImagePull/);
  const slow = podWith(() => ({ waiting: { reason: 'ContainerCreating' } }));
  const waited = await slow.add('busybox');
  assert.match('failed' in waited ? waited.failed : '', /does not run after 30 s/);
});
