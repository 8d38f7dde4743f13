import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { runWith } from '../commands/diagnose/recorded.ts';
import { kubectlOf, podName } from './diagnose-kubectl.ts';
import { createEnsemble, type Ensemble, type Member } from './ensemble.ts';
import { missing, NEEDS } from './requirements.ts';
import { isServing } from './sample.ts';
import { byRole } from './scenario.ts';
import { workspace } from './workspace.ts';

const LABEL = 'diagnose';
const START_MS = 60_000;
/** ZooKeeper needs its sync limit to give a silent peer up, and an election after that. */
const PATIENCE_MS = 45_000;
/** Three pods with the two reads 2 s apart, on a machine that others share. */
const MOST_MS = 15_000;

const skip = await missing(NEEDS.ensemble);

describe('diagnose from outside, with nothing installed', { skip }, () => {
  let ensemble: Ensemble;
  const configFiles = new Map<number, string>();

  before(async () => {
    ensemble = await createEnsemble({ label: LABEL, size: 3 });
    for (const { pod } of ensemble.members) {
      configFiles.set(pod.index, await readFile(configOf(pod.name), 'utf8'));
    }
    await start();
  });
  after(() => ensemble.stop());

  const start = async (): Promise<void> => {
    await Promise.all(ensemble.members.map(({ server }) => server.start()));
    await serving();
  };
  const stop = () => Promise.all(ensemble.members.map(({ server }) => server.stop('SIGKILL')));
  const serving = () =>
    ensemble.watch.until('all serve', START_MS, (states) =>
      states.every(({ mode }) => mode !== null && isServing(mode)),
    );

  const diagnose = async (configMap: string | null) => {
    const startMs = performance.now();
    const ran = await runWith(['statefulset/zookeeper'], () =>
      kubectlOf(ensemble.fabric, configMap),
    );
    return { ...ran, ms: performance.now() - startMs };
  };

  /** Diagnoses until the first line is the expected one; a fault takes its time to show. */
  const expect = async (
    t: TestContext,
    line: RegExp,
    code: number,
    configMap: string | null = null,
  ) => {
    const startMs = performance.now();
    for (;;) {
      const { first, code: got, ms, out } = await diagnose(configMap);
      const afterMs = performance.now() - startMs;
      t.diagnostic(
        `${(afterMs / 1_000).toFixed(1)} s, took ${(ms / 1_000).toFixed(1)} s: ${first}`,
      );
      if (line.test(first)) {
        assert.equal(got, code, out);
        assert.ok(ms < MOST_MS, `it took ${ms} ms`);
        return out;
      }
      assert.ok(afterMs < PATIENCE_MS, out);
    }
  };

  it('says that a healthy ensemble is', async (t) => {
    await expect(t, /^HEALTHY {2}3 of 3 voters in quorum/, 0);
  });

  it('names a member whose process stands still', async (t) => {
    const { followers } = byRole(ensemble);
    followers[0].server.signal('SIGSTOP');
    await expect(t, new RegExp(`; ${nameOf(followers[0])} hangs$`), 1);
    followers[0].server.signal('SIGCONT');
    await serving();
  });

  it('names the direction that loses packets', async (t) => {
    const { leader, followers } = byRole(ensemble);
    const cut = await ensemble.fabric.lose(leader.pod, followers[1].pod, 1);
    const line = `what ${nameOf(leader)} sends does not reach ${nameOf(followers[1])}$`;
    await expect(t, new RegExp(line), 1);
    await cut.heal();
    await serving();
  });

  it('names a member that is cut off', async (t) => {
    const { followers } = byRole(ensemble);
    const cut = await ensemble.fabric.cut(followers[0].pod);
    const line = `2 of 3 voters in quorum; .*${nameOf(followers[0])} is partitioned from both`;
    await expect(t, new RegExp(line), 1);
    await cut.heal();
    await serving();
  });

  it('names two that are killed', async (t) => {
    const { leader, followers } = byRole(ensemble);
    const killed = [leader, followers[0]].sort((a, b) => a.pod.index - b.pod.index);
    await Promise.all(killed.map(({ server }) => server.stop('SIGKILL')));
    const names = killed.map(nameOf).join(' and ');
    await expect(t, new RegExp(`^NOT HEALTHY {2}No quorum: .*; ${names} do not run$`), 1);
    await stop();
  });

  it('names a member whose peers cannot reach it because it listens on loopback', async (t) => {
    const [member] = ensemble.members;
    assert.ok(member);
    const { name, address, index } = member.pod;
    const loopback = configFiles.get(index)?.replace(`=${address}:`, '=127.0.0.1:') ?? '';
    await writeFile(configOf(name), loopback);
    await Promise.all(ensemble.members.map(({ server }) => server.start()));
    await expect(t, /listens only on loopback on zookeeper-0$/, 1);
    await stop();
    await writeFile(configOf(name), configFiles.get(index) ?? '');
  });

  it('names servers that look for each other under names that nobody has', async (t) => {
    const servers = ensemble.members.map(
      ({ pod }) => `server.${pod.index + 1}=${podName(pod.index)}.zk-typo:2888:3888`,
    );
    for (const { pod } of ensemble.members) {
      const own = configFiles.get(pod.index)?.replace(/^server\..*\n/gm, '') ?? '';
      await writeFile(
        configOf(pod.name),
        `${own}${servers.join('\n')}\nquorumListenOnAllIPs=true\n`,
      );
    }
    await Promise.all(ensemble.members.map(({ server }) => server.start()));
    const line = /^NOT HEALTHY {2}No quorum: .*; the configuration names zookeeper-0\.zk-typo/;
    const out = await expect(t, line, 1, servers.join('\n'));
    assert.match(out, /its service is zookeeper-headless, not zk-typo/);
    await stop();
  });
});

function nameOf({ pod }: Member): string {
  return podName(pod.index);
}

function configOf(pod: string): string {
  return join(workspace().directory, LABEL, pod, 'zoo.cfg');
}
